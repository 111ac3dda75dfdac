package io.dvcr.virt.plan;

/**
 * What is so.
 *
 * @param kvm whether the host can do KVM
 * @param started whether the run that was last asked for has begun
 * @param shutdown whether the guest was asked to turn itself off and has not yet
 */
public record Observed(VolumeState volume, DomainState domain, KvmSupport kvm, boolean started, Shutdown shutdown) {

    /** A guest's time to turn itself off. A shutdown, once asked for, is seen through. */
    public enum Shutdown {
        NOT_ASKED,
        WITHIN_GRACE,
        OVERDUE
    }
}
