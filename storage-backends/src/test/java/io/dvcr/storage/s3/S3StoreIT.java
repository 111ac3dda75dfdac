package io.dvcr.storage.s3;

import java.io.IOException;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RealS3.class)
class S3StoreIT extends S3StoreContract {
    S3StoreIT(S3Endpoint endpoint) throws IOException {
        super(endpoint);
    }
}
