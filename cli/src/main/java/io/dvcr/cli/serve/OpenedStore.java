package io.dvcr.cli.serve;

import io.dvcr.cli.config.Configuration;
import io.dvcr.storage.content.StoreLayout;
import io.dvcr.storage.object.FileSystemStore;
import io.dvcr.storage.object.ObjectReader;
import io.dvcr.storage.object.ObjectStore;
import io.dvcr.storage.object.StoredFiles;
import io.dvcr.storage.s3.S3Capability;
import io.dvcr.storage.s3.S3Settings;
import io.dvcr.storage.s3.S3Store;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store that a configuration names: a bucket, or files below the data directory.
 *
 * @param capabilities what the server of the bucket was found to be able to do; none of files
 */
record OpenedStore(ObjectStore store, Set<S3Capability> capabilities, Closeable closing) implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenedStore.class);

    OpenedStore {
        capabilities = Set.copyOf(capabilities);
    }

    /** @throws IOException if it cannot be used, or another process uses those files */
    static OpenedStore of(Configuration configuration) throws IOException {
        Optional<S3Settings> s3 = configuration.storage().s3();
        if (s3.isEmpty()) {
            FileSystemStore files = FileSystemStore.open(
                    new DataDirectory(configuration.data()).store(),
                    configuration.storage().reserveBytes());
            return new OpenedStore(files, Set.of(), files);
        }
        S3Store bucket = S3Store.open(s3.get(), StoreLayout::mayGrow);
        LOG.atInfo()
                .addKeyValue("bucket", s3.get().bucket())
                .addKeyValue("prefix", s3.get().prefix())
                .addKeyValue("capabilities", bucket.capabilities())
                .log("everything is kept in a bucket");
        return new OpenedStore(bucket, bucket.capabilities(), bucket);
    }

    /** The same for whoever only looks: it may be in use, and nothing in it is changed. */
    record ToRead(ObjectReader store, Closeable closing) implements AutoCloseable {
        /** @throws IOException if there is none, or it cannot be reached */
        static ToRead of(Configuration configuration) throws IOException {
            Optional<S3Settings> s3 = configuration.storage().s3();
            if (s3.isEmpty()) {
                return new ToRead(StoredFiles.in(new DataDirectory(configuration.data()).store()), () -> {});
            }
            S3Store bucket = S3Store.openToRead(s3.get());
            return new ToRead(bucket, bucket);
        }

        @Override
        public void close() throws IOException {
            closing.close();
        }
    }

    List<String> capabilityNames() {
        return capabilities.stream()
                .map(capability -> capability.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    @Override
    public void close() throws IOException {
        closing.close();
    }
}
