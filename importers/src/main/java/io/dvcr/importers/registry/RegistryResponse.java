package io.dvcr.importers.registry;

import java.io.InputStream;
import java.net.http.HttpHeaders;

/** What a registry answers. Whoever gets it closes {@code body}. */
record RegistryResponse(int statusCode, HttpHeaders headers, InputStream body) {}
