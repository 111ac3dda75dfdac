package io.dvcr.storage.s3;

import java.io.IOException;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(S3Proxy.class)
class S3ProxyStoreTest extends S3StoreContract {
    S3ProxyStoreTest(S3Endpoint endpoint) throws IOException {
        super(endpoint);
    }
}
