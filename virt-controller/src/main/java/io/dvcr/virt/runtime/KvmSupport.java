package io.dvcr.virt.runtime;

/** Whether guests can run on KVM here. */
public sealed interface KvmSupport {

    record Usable() implements KvmSupport {}

    /** They cannot; {@code reason} is for a human. */
    record Unusable(String reason) implements KvmSupport {}
}
