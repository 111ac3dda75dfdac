package io.dvcr.virt.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Optional;

/**
 * {@code status.run} of a VirtualMachine: what the controller has to know again when it is started again.
 *
 * @param wanted what a person, or the guest, last asked for; empty if nobody did
 * @param started whether the run that is wanted has begun
 * @param startedAt when the last run began
 * @param shutdownAskedAt when the guest was first asked to turn itself off, if it was and has not yet
 * @param restarting whether the machine is turned off only to be turned on again
 * @param crashes how often it ended against everyone's will since it last ran for long
 * @param notBefore when it may be started again after that
 * @param appliedGeneration the generation of the spec that it was last started with
 * @param applied that spec
 * @param waitingGeneration the generation of the spec that the host starts it with if its guest reboots
 */
public record MachineRun(
        Optional<Power> wanted,
        boolean started,
        Optional<Instant> startedAt,
        Optional<Instant> shutdownAskedAt,
        boolean restarting,
        int crashes,
        Optional<Instant> notBefore,
        long appliedGeneration,
        Optional<JsonNode> applied,
        long waitingGeneration) {
    public static final MachineRun NONE = new MachineRun(
            Optional.empty(),
            false,
            Optional.empty(),
            Optional.empty(),
            false,
            0,
            Optional.empty(),
            0,
            Optional.empty(),
            0);

    public enum Power {
        On,
        Off
    }

    public MachineRun withWanted(Power power) {
        return new MachineRun(
                Optional.of(power),
                started,
                startedAt,
                shutdownAskedAt,
                restarting,
                crashes,
                notBefore,
                appliedGeneration,
                applied,
                waitingGeneration);
    }

    /** It is turned off now, to be turned on again. */
    public MachineRun withRestarting() {
        return new MachineRun(
                wanted,
                started,
                startedAt,
                shutdownAskedAt,
                true,
                crashes,
                notBefore,
                appliedGeneration,
                applied,
                waitingGeneration);
    }

    public MachineRun withApplied(long generation, JsonNode spec) {
        return new MachineRun(
                wanted,
                started,
                startedAt,
                shutdownAskedAt,
                restarting,
                crashes,
                notBefore,
                generation,
                Optional.of(spec),
                generation);
    }

    public MachineRun withStarted(Instant now) {
        return new MachineRun(
                wanted,
                true,
                Optional.of(now),
                Optional.empty(),
                false,
                crashes,
                Optional.empty(),
                appliedGeneration,
                applied,
                waitingGeneration);
    }

    /** The guest was asked to turn itself off; the first time counts. */
    public MachineRun withShutdownAsked(Instant now) {
        return new MachineRun(
                wanted,
                started,
                startedAt,
                Optional.of(shutdownAskedAt.orElse(now)),
                restarting,
                crashes,
                notBefore,
                appliedGeneration,
                applied,
                waitingGeneration);
    }

    /** The run is over. */
    public MachineRun withEnded() {
        return new MachineRun(
                wanted,
                false,
                startedAt,
                Optional.empty(),
                false,
                crashes,
                notBefore,
                appliedGeneration,
                applied,
                waitingGeneration);
    }

    /** The run ended against everyone's will. */
    public MachineRun withCrashed(Instant mayStartAgainAt) {
        return new MachineRun(
                wanted,
                false,
                startedAt,
                Optional.empty(),
                false,
                crashes + 1,
                Optional.of(mayStartAgainAt),
                appliedGeneration,
                applied,
                waitingGeneration);
    }

    /** It has run for so long that what was before does not count any more. */
    public MachineRun withoutCrashes() {
        return new MachineRun(
                wanted,
                started,
                startedAt,
                shutdownAskedAt,
                restarting,
                0,
                Optional.empty(),
                appliedGeneration,
                applied,
                waitingGeneration);
    }

    /** The host starts it with another spec if its guest reboots. */
    public MachineRun withWaiting(long generation) {
        return new MachineRun(
                wanted,
                started,
                startedAt,
                shutdownAskedAt,
                restarting,
                crashes,
                notBefore,
                appliedGeneration,
                applied,
                generation);
    }
}
