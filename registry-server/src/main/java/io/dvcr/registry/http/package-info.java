/** HTTP as handlers see it (requests, replies, routes) and the Vert.x server that carries it: the only Vert.x. */
@NullMarked
package io.dvcr.registry.http;

import org.jspecify.annotations.NullMarked;
