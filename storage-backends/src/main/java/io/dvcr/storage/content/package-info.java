/** What a registry keeps, written once above any object store: blobs, manifests, tags, referrers and uploads. */
@NullMarked
package io.dvcr.storage.content;

import org.jspecify.annotations.NullMarked;
