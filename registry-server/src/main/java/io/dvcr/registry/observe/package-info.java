/** What operators see of a running registry: its access log, its metrics, its traces and its health. */
@NullMarked
package io.dvcr.registry.observe;

import org.jspecify.annotations.NullMarked;
