/** What commands share: talking to a server, and to the person before the terminal. */
@NullMarked
package io.dvcr.cli.client;

import org.jspecify.annotations.NullMarked;
