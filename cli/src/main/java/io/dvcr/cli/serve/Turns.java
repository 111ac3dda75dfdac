package io.dvcr.cli.serve;

import java.io.IOException;
import java.time.Duration;

/** Whose turn it is to do what one of several servers has to do from time to time. Thread-safe. */
interface Turns {
    /** Of a server that is alone. */
    Turns ALWAYS = (_, work) -> work.run();

    /** Does {@code work}, unless another server does it or has done it within {@code interval}. */
    void take(Duration interval, Work work) throws IOException;

    interface Work {
        void run() throws IOException;
    }
}
