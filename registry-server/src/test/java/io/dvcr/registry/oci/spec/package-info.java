/**
 * The OCI distribution specification as tests, over real HTTP: a class for each of its sections, a sentence for each
 * thing that it demands. Its table of contents:
 *
 * <pre>
 * Pull                Pulling manifests                            {@link PullingManifestsTest}
 *                     Pulling blobs                                {@link PullingBlobsTest}
 *                     Checking if content exists in the registry   {@link CheckingIfContentExistsTest}
 * Push                Pushing a blob monolithically                {@link PushingABlobMonolithicallyTest}
 *                     Pushing a blob in chunks                     {@link PushingABlobInChunksTest}
 *                     Cancel a blob upload                         {@link CancellingABlobUploadTest}
 *                     Mounting a blob from another repository      {@link MountingABlobTest}
 *                     Pushing Manifests                            {@link PushingManifestsTest}
 *                     Pushing Manifests with Subject               {@link PushingManifestsWithSubjectTest}
 * Content Discovery   Listing Tags                                 {@link ListingTagsTest}
 *                     Listing Referrers                            {@link ListingReferrersTest}
 * Content Management  Deleting tags                                {@link DeletingTagsTest}
 *                     Deleting Manifests                           {@link DeletingManifestsTest}
 *                     Deleting Blobs                               {@link DeletingBlobsTest}
 * API                 Determining Support, Endpoints               {@link EndpointsTest}
 *                     Error Codes                                  {@link ErrorCodesTest}
 * </pre>
 *
 * Besides: {@link UploadAccidentsTest}, what happens to uploads every day and no specification tells, and {@link
 * ListingRepositoriesTest}, which is of the Docker registry API.
 */
@NullMarked
package io.dvcr.registry.oci.spec;

import org.jspecify.annotations.NullMarked;
