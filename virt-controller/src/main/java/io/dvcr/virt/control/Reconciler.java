package io.dvcr.virt.control;

import io.dvcr.virt.resource.Resource;
import java.io.IOException;
import java.time.Duration;

/**
 * Looks after the resources of one kind.
 *
 * @param <S> their spec
 * @param <T> their status
 */
interface Reconciler<S extends Record, T extends Record> {

    /**
     * Looks at what is so, does what is to be done, and says so. One resource is looked at by one thread at a time.
     *
     * @return how soon it is to be looked at again, if nothing is told to have changed before
     * @throws IOException if something failed; it is tried again, later each time
     * @throws io.dvcr.storage.RegistryException likewise
     */
    Duration reconcile(Resource<S, T> resource) throws IOException, InterruptedException;
}
