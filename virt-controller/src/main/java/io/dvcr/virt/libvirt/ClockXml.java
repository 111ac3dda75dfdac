package io.dvcr.virt.libvirt;

import io.dvcr.virt.api.VirtualMachineSpec.OsType;
import io.dvcr.virt.runtime.Accelerator;
import io.dvcr.virt.runtime.MachineDefinition;
import java.util.List;

/** How a machine tells the time, and what spares Windows on KVM the imitation of real hardware. */
record ClockXml(MachineDefinition machine) {
    private static final List<String> ENLIGHTENMENTS =
            List.of("relaxed", "vapic", "vpindex", "runtime", "synic", "reset", "frequencies", "tlbflush", "ipi");

    /** Of {@code <hyperv>}; only KVM has them. */
    static void enlightenments(XmlText xml) {
        ENLIGHTENMENTS.forEach(name -> xml.empty(name, "state", "on"));
        xml.empty("spinlocks", "state", "on", "retries", "8191");
        xml.element("stimer", () -> xml.empty("direct", "state", "on"), "state", "on");
    }

    /**
     * Windows takes the clock for local time. Under KVM, ticks that were missed are made up for, and the slow HPET is left
     * out.
     */
    void clock(XmlText xml) {
        String offset = machine.osType() == OsType.Generic ? "utc" : "localtime";
        if (machine.accelerator() == Accelerator.KVM) {
            xml.element("clock", () -> timers(xml), "offset", offset);
        } else {
            xml.empty("clock", "offset", offset);
        }
    }

    private void timers(XmlText xml) {
        xml.empty("timer", "name", "rtc", "tickpolicy", "catchup");
        xml.empty("timer", "name", "pit", "tickpolicy", "delay");
        xml.empty("timer", "name", "hpet", "present", "no");
        if (machine.osType() == OsType.Windows) {
            xml.empty("timer", "name", "hypervclock", "present", "yes");
        }
    }
}
