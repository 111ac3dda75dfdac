/** Imports as durable jobs: what was asked, how far it is, and the one pass that does it. */
@NullMarked
package io.dvcr.importers.job;

import org.jspecify.annotations.NullMarked;
