package io.dvcr.cli.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used, with everything that is wrong with it. The operator's fault. */
public final class ConfigurationException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<Fault> faults;

    ConfigurationException(List<Fault> faults) {
        super(faults.stream().map(Fault::toString).collect(Collectors.joining("\n")));
        this.faults = faults.stream().sorted(Fault.IN_ORDER).toList();
    }

    /** One line each: {@code file:line: key: what is wrong}, {@code $VARIABLE: …} or {@code --option: …}. */
    public List<String> faults() {
        return faults.stream().map(Fault::toString).toList();
    }
}
