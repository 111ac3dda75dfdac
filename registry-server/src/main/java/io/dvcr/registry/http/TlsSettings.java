package io.dvcr.registry.http;

import java.nio.file.Path;
import java.util.Optional;

/**
 * With what the server proves who it is. Files that change are taken up while it runs.
 *
 * @param certificateChain PEM: the server's certificate, then those that lead to an authority
 * @param privateKey PEM, not encrypted: of RSA or EC, as PKCS#8, PKCS#1 or SEC 1
 * @param clientAuthorities PEM: whose certificates are taken from clients, which need not have any; empty to ask none
 */
public record TlsSettings(Path certificateChain, Path privateKey, Optional<Path> clientAuthorities) {}
