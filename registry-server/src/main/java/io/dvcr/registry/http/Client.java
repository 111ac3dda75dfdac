package io.dvcr.registry.http;

import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * The other end of the connection.
 *
 * @param certificate the one that the client has proved to own, by mutual TLS; empty if there is none
 */
public record Client(InetAddress address, Optional<X509Certificate> certificate) {}
