/** Objects in a bucket of an S3 server. */
@NullMarked
package io.dvcr.storage.s3;

import org.jspecify.annotations.NullMarked;
