package io.dvcr.virt.control;

import io.dvcr.virt.api.DownloadSpeed;
import io.dvcr.virt.runtime.Transfer;
import java.io.IOException;
import java.util.Optional;

/** Follows how content gets into the registry for one resource: by a job of the registry, or by a push from here. */
record Transfers(Parts parts, String target, Optional<String> job) {

    Transfer state() throws IOException {
        Transfer pushed = parts.pushes().transfer(target);
        return pushed instanceof Transfer.None && job.isPresent()
                ? parts.registry().transfer(job.get())
                : pushed;
    }

    /** Ends it, wherever it goes on. */
    void cancel() throws IOException, InterruptedException {
        parts.pushes().cancel(target);
        if (job.isPresent()) {
            parts.registry().cancel(job.get());
        }
    }

    /** What is to be told of its speed; empty if nothing new. */
    static Optional<DownloadSpeed> speed(Transfer transfer) {
        return switch (transfer) {
            case Transfer.Running running
            when running.bytesPerSecond() > 0 ->
                Optional.of(new DownloadSpeed(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(Human.perSecond(running.bytesPerSecond())),
                        Optional.of(Long.toString(running.bytesPerSecond()))));
            case Transfer.Succeeded done
            when done.seconds() > 0 && done.bytesReceived() > 0 -> {
                long average = (long) (done.bytesReceived() / done.seconds());
                yield Optional.of(new DownloadSpeed(
                        Optional.of(Human.perSecond(average)),
                        Optional.of(Long.toString(average)),
                        Optional.empty(),
                        Optional.empty()));
            }
            default -> Optional.empty();
        };
    }
}
