package io.dvcr.virt.runtime;

/** What executes a guest's instructions. */
public enum Accelerator {
    /** The processor itself, through {@code /dev/kvm}. */
    KVM,
    /** QEMU's translator: works everywhere, many times slower. */
    TCG
}
