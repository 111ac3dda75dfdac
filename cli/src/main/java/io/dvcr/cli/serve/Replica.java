package io.dvcr.cli.serve;

import io.dvcr.storage.lease.Leases;

/** How a server gets along with others over the same store, if there may be any. */
record Replica(Leases leases, Turns turns) {}
