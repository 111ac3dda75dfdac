package io.dvcr.virt.libvirt;

import io.dvcr.virt.runtime.Accelerator;
import io.dvcr.virt.runtime.MachineDefinition;

/** The processors and the memory of a machine. */
record ProcessorXml(MachineDefinition machine, CpuWeights weights) {

    void size(XmlText xml) {
        xml.text("memory", Long.toString(Math.ceilDiv(machine.memoryBytes(), 1024)), "unit", "KiB");
        xml.text("vcpu", Integer.toString(machine.cores()), "placement", "static");
        xml.text("iothreads", "1");
        weights.of(machine.cores(), machine.coreFraction())
                .ifPresent(weight -> xml.element("cputune", () -> xml.text("shares", Integer.toString(weight))));
    }

    /** TCG has no host processor to model: it gets all that it can imitate. */
    void model(XmlText xml) {
        machine.cpuModel()
                .ifPresentOrElse(
                        name -> xml.element("cpu", () -> named(xml, name), "mode", "custom", "match", "exact"),
                        () -> xml.element("cpu", () -> topology(xml), "mode", defaultMode()));
    }

    private String defaultMode() {
        return machine.accelerator() == Accelerator.KVM ? "host-model" : "maximum";
    }

    private void named(XmlText xml, String name) {
        xml.text("model", name, "fallback", "forbid");
        topology(xml);
    }

    private void topology(XmlText xml) {
        xml.empty("topology", "sockets", "1", "cores", Integer.toString(machine.cores()), "threads", "1");
    }
}
