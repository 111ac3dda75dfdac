package io.dvcr.cli.serve;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What a server needs to know.
 *
 * @param libvirt the URI of the libvirt that runs machines; empty to run none
 */
record ServerSettings(InetSocketAddress listen, DataDirectory data, Optional<String> libvirt) {}
