package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.lease.LeaseKeys;
import io.dvcr.storage.object.ObjectKey;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Every key in the object store. Nothing else spells one.
 *
 * <pre>
 * blobs/ALGORITHM/HH/HEX                        the bytes of a blob or manifest; HH: the first two digits of HEX
 * aside/blobs/ALGORITHM/HEX                     a blob that nothing names, until it is purged
 * composites/ALGORITHM/HH/HEX                   of which other blobs' bytes a blob is made that is not stored itself
 * aside/composites/ALGORITHM/HEX                the same of a blob that nothing names, until it is purged
 * catalog/NAME                                  empty: the repository exists; / in NAME is written %2F
 * repositories/NAME/_blobs/ALGORITHM/HEX        empty: the repository has this blob
 * repositories/NAME/_aside/ALGORITHM/HEX        empty: the repository had this blob, but no manifest named it
 * repositories/NAME/_manifests/ALGORITHM/HEX    JSON: the media type the manifest was pushed with, and its size
 * repositories/NAME/_tags/TAG                   the digest that the tag names
 * repositories/NAME/_referrers/ALGORITHM/HEX/ALGORITHM-HEX
 *                                               JSON: the descriptor of a manifest (behind) whose subject is (before)
 * derivations/NAME/ALGORITHM/HEX                JSON: what the registry makes of a manifest; / in NAME is written %2F
 * quarantine/ALGORITHM/HEX                      what should have been a blob but has not its digest, to be looked at
 * pending/SESSION/ID                            a manifest that is being pushed, or what one will name (a JSON array):
 *                                               what it names is not garbage, as long as that server lives
 * changes/NAME/adding/SESSION.ID                empty: that server is adding to the repository; / in NAME is written %2F
 * changes/NAME/removing/SESSION                 empty: that server is removing from it, and nobody may add
 * changes/NAME/added                            something else after every addition
 * held/ID                                       what import job ID has stored and will name (a JSON array): until the job
 *                                               ends, it is not garbage
 * uploads/ID/session                            JSON: the repository, when it began, and the digest once it is known
 * uploads/ID/data                               the bytes that have come so far
 * wanted-uploads/ID                             empty: another server has a client that goes on with it, of either kind
 * incoming/ID/record                            JSON: an image file that a client sends, and what is to be made of it
 * incoming/ID/data                              the bytes of it that have come so far
 * incoming/ID/chunk                             what has come of a part of it that is not yet verified
 * imports/ID                                    JSON: a job of the importers
 * open-imports/ID/open                          empty: of several servers over one store one is to run that job
 * open-imports/ID/begun                         empty: one has begun to
 * open-imports/ID/cancel                        empty: it is to be ended before it is done
 * mirror/blobs/PREFIX/ALGORITHM/HH/HEX/START-END
 *                                               the bytes from START to before END, in hexadecimal, of a blob of the
 *                                               registry that is mirrored below PREFIX, in which / is written %2F
 * mirror/blobs/PREFIX/ALGORITHM/HH/HEX/whole    empty: all of its bytes are there and have its digest
 * mirror/used/PREFIX/ALGORITHM/HEX              empty: when the mirrored blob was asked for, to the hour
 * mirror/repositories/NAME/_blobs/ALGORITHM/HEX JSON: the mirrored repository has this blob, and its size
 * mirror/repositories/NAME/_manifests/ALGORITHM/HEX
 *                                               JSON: the same of a manifest, and its media type
 * mirror/repositories/NAME/_tags/TAG            JSON: which manifest the tag named, and when that was asked last
 * mirror/repositories/NAME/_referrers/ALGORITHM/HEX
 *                                               JSON: what referred to this digest, and when that was asked last
 * access/signing-key                            JSON: the private key that tokens are signed with (JWK, RFC 7517)
 * access/robots/NAME                            JSON: what a robot may do, until when, and the hash of its token
 * scrub/state                                   JSON: the report of the last scrub, and where it goes on
 * replicas/SESSION                              a number that grows: of several servers over one store, this one lives
 * leases/NAME/EPOCH/holder                      the session of the server that NAME was given to then; - if given back
 * leases/NAME/EPOCH/staged-N                    what that server is about to publish under it
 * housekeeping/done                             empty: when a server last kept house
 * events/ENDPOINT/SEQUENCE                      JSON: a CloudEvent that this webhook has not yet been delivered
 * probe/readiness                               for a moment: the store can be written
 * </pre>
 *
 * No component of a repository's name begins with {@code _}, so NAME never runs into what is behind it.
 */
public final class StoreLayout {
    /** What every import job's key begins with. */
    public static final String IMPORTS = "imports/";

    /** What every key about import jobs that have not ended begins with. */
    public static final String OPEN_IMPORTS = "open-imports/";

    /** What every robot's key begins with. */
    public static final String ROBOTS = "access/robots/";

    /** The key of the key that tokens are signed with. */
    public static final ObjectKey SIGNING_KEY = new ObjectKey("access/signing-key");

    /** What every undelivered event's key begins with. */
    public static final String EVENTS = "events/";

    /** Stored and deleted to see whether the store works. */
    public static final ObjectKey PROBE = new ObjectKey("probe/readiness");

    /** What the key of everything that mirrored repositories have begins with. */
    public static final String MIRROR_REPOSITORIES = "mirror/repositories/";

    /** What the key of every part of a mirrored blob begins with. */
    public static final String MIRROR_BLOBS = "mirror/blobs/";

    /** What every key begins with that tells when a mirrored blob was used. */
    public static final String MIRROR_USED = "mirror/used/";

    /** Written when a server has kept house. */
    public static final ObjectKey HOUSEKEEPING = new ObjectKey("housekeeping/done");

    /** Where servers over one store show that they live, and who of them may do what. */
    public static final LeaseKeys LEASES = new LeaseKeys("replicas/", "leases/");

    static final String CATALOG = "catalog/";
    static final String DERIVATIONS = "derivations/";
    static final String UPLOADS = "uploads/";
    static final String INCOMING = "incoming/";
    static final String REPOSITORIES = "repositories/";
    static final String PENDING = "pending/";
    static final String CHANGES = "changes/";
    static final String HELD = "held/";
    static final String BLOBS = "blobs/";
    static final String BLOBS_ASIDE = "aside/blobs/";
    static final String COMPOSITES = "composites/";
    static final String COMPOSITES_ASIDE = "aside/composites/";
    static final String QUARANTINE = "quarantine/";
    static final String ACCESS = "access/";
    static final String SCRUBS = "scrub/";
    static final ObjectKey SCRUB = new ObjectKey(SCRUBS + "state");

    private StoreLayout() {}

    static ObjectKey blob(Digest digest) {
        return new ObjectKey(BLOBS + spreadPath(digest));
    }

    static ObjectKey blobAside(Digest digest) {
        return new ObjectKey(BLOBS_ASIDE + path(digest));
    }

    static ObjectKey composite(Digest digest) {
        return new ObjectKey(COMPOSITES + spreadPath(digest));
    }

    static ObjectKey compositeAside(Digest digest) {
        return new ObjectKey(COMPOSITES_ASIDE + path(digest));
    }

    /** Where a blob may be. */
    static List<ObjectKey> placesOf(Digest digest) {
        return List.of(blob(digest), blobAside(digest), composite(digest), compositeAside(digest));
    }

    static ObjectKey quarantined(Digest digest) {
        return new ObjectKey(QUARANTINE + path(digest));
    }

    static ObjectKey pending(String session, UUID id) {
        return new ObjectKey(PENDING + session + "/" + id);
    }

    /** Whose a key below {@code pending/} is; of an older server's, nobody's who is known. */
    static Optional<String> sessionOfPending(ObjectKey pending) {
        String[] path = pending.value().split("/", -1);
        return path.length == 3 ? Optional.of(path[1]) : Optional.empty();
    }

    private static String changes(RepositoryName name) {
        return CHANGES + escaped(name) + "/";
    }

    static String adding(RepositoryName name) {
        return changes(name) + "adding/";
    }

    static String removing(RepositoryName name) {
        return changes(name) + "removing/";
    }

    static ObjectKey adding(RepositoryName name, String session, UUID id) {
        return new ObjectKey(adding(name) + session + "." + id);
    }

    static ObjectKey removing(RepositoryName name, String session) {
        return new ObjectKey(removing(name) + session);
    }

    static ObjectKey added(RepositoryName name) {
        return new ObjectKey(changes(name) + "added");
    }

    static ObjectKey held(UUID job) {
        return new ObjectKey(HELD + job);
    }

    static ObjectKey catalogEntry(RepositoryName name) {
        return new ObjectKey(CATALOG + escaped(name));
    }

    private static String escaped(RepositoryName name) {
        return name.value().replace("/", "%2F");
    }

    static RepositoryName catalogued(ObjectKey catalogEntry) {
        return new RepositoryName(catalogEntry.lastComponent().replace("%2F", "/"));
    }

    static String derivations(RepositoryName name) {
        return DERIVATIONS + escaped(name) + "/";
    }

    static ObjectKey derivation(RepositoryName name, Digest manifest) {
        return new ObjectKey(derivations(name) + path(manifest));
    }

    static RepositoryName derivedIn(ObjectKey derivation) {
        return new RepositoryName(derivation.value().split("/", -1)[1].replace("%2F", "/"));
    }

    static String blobLinks(RepositoryName name) {
        return repository(name) + "_blobs/";
    }

    static ObjectKey blobLink(RepositoryName name, Digest digest) {
        return new ObjectKey(blobLinks(name) + path(digest));
    }

    static String blobLinksAside(RepositoryName name) {
        return repository(name) + "_aside/";
    }

    static ObjectKey blobLinkAside(RepositoryName name, Digest digest) {
        return new ObjectKey(blobLinksAside(name) + path(digest));
    }

    static String manifests(RepositoryName name) {
        return repository(name) + "_manifests/";
    }

    static ObjectKey manifest(RepositoryName name, Digest digest) {
        return new ObjectKey(manifests(name) + path(digest));
    }

    static String tags(RepositoryName name) {
        return repository(name) + "_tags/";
    }

    static ObjectKey tag(RepositoryName name, Tag tag) {
        return new ObjectKey(tags(name) + tag);
    }

    static String referrers(RepositoryName name) {
        return repository(name) + "_referrers/";
    }

    static String referrers(RepositoryName name, Digest subject) {
        return referrers(name) + path(subject) + "/";
    }

    static ObjectKey referrer(RepositoryName name, Digest subject, Digest referrer) {
        return new ObjectKey(referrers(name, subject) + referrerName(referrer));
    }

    /** The last component of the key of {@code referrer}, whatever its subject. */
    static String referrerName(Digest referrer) {
        return referrer.algorithm().prefix() + "-" + referrer.hex();
    }

    /** The manifest that a key among the referrers is of. */
    static Digest referrerOf(ObjectKey key) {
        return Digest.parse(key.lastComponent().replace('-', ':'));
    }

    static ObjectKey uploadSession(UploadId id) {
        return new ObjectKey(UPLOADS + id + "/session");
    }

    static ObjectKey uploadData(UploadId id) {
        return new ObjectKey(UPLOADS + id + "/data");
    }

    static ObjectKey incomingRecord(UploadId id) {
        return new ObjectKey(INCOMING + id + "/record");
    }

    static ObjectKey incomingData(UploadId id) {
        return new ObjectKey(INCOMING + id + "/data");
    }

    static ObjectKey incomingChunk(UploadId id) {
        return new ObjectKey(INCOMING + id + "/chunk");
    }

    static ObjectKey wantedUpload(UploadId id) {
        return new ObjectKey("wanted-uploads/" + id);
    }

    /** The upload whose key, of whatever kind, this is. */
    static UploadId uploadOf(ObjectKey key) {
        return UploadId.parse(key.value().split("/", -1)[1]);
    }

    /** The key of import job {@code id}. */
    public static ObjectKey importJob(String id) {
        return new ObjectKey(IMPORTS + id);
    }

    /** The key that says that import job {@code id} is to be run. */
    public static ObjectKey openImport(String id) {
        return new ObjectKey(OPEN_IMPORTS + id + "/open");
    }

    /** The key that says that import job {@code id} was begun. */
    public static ObjectKey begunImport(String id) {
        return new ObjectKey(OPEN_IMPORTS + id + "/begun");
    }

    /** The key that says that import job {@code id} is to be ended. */
    public static ObjectKey cancelledImport(String id) {
        return new ObjectKey(OPEN_IMPORTS + id + "/cancel");
    }

    /** The key of robot {@code name}. */
    public static ObjectKey robot(String name) {
        return new ObjectKey(ROBOTS + name);
    }

    /** What the key of every event for {@code endpoint} begins with. */
    public static String events(String endpoint) {
        return EVENTS + endpoint + "/";
    }

    /** The key of an event; in the order of keys sequences are in the order of events. */
    public static ObjectKey event(String endpoint, String sequence) {
        return new ObjectKey(events(endpoint) + sequence);
    }

    /**
     * What the key of every part of a mirrored blob begins with.
     *
     * @param prefix what the registry is mirrored below
     */
    public static String mirrorParts(RepositoryName prefix, Digest blob) {
        return MIRROR_BLOBS + escaped(prefix) + "/" + spreadPath(blob) + "/";
    }

    /** The bytes from {@code start} to before {@code end} of a mirrored blob; in the order of keys they are in order. */
    public static ObjectKey mirrorPart(RepositoryName prefix, Digest blob, long start, long end) {
        return new ObjectKey(mirrorParts(prefix, blob) + String.format("%016x-%016x", start, end));
    }

    /** Says that a mirrored blob is whole. */
    public static ObjectKey mirrorWhole(RepositoryName prefix, Digest blob) {
        return new ObjectKey(mirrorParts(prefix, blob) + "whole");
    }

    public static ObjectKey mirrorUsed(RepositoryName prefix, Digest blob) {
        return new ObjectKey(MIRROR_USED + escaped(prefix) + "/" + path(blob));
    }

    /** What the registry is mirrored below that a part, or the mark that a blob is whole or was used, belongs to. */
    public static RepositoryName mirrorPrefixOf(ObjectKey key) {
        return new RepositoryName(key.value().split("/", -1)[2].replace("%2F", "/"));
    }

    /** The blob that a part, or the mark that it is whole, belongs to. */
    public static Digest mirrorBlobOf(ObjectKey part) {
        return digestOf(new ObjectKey(part.value().substring(0, part.value().lastIndexOf('/'))));
    }

    /** The digest that a key of a mirror ends with. */
    public static Digest mirrorDigestOf(ObjectKey key) {
        return digestOf(key);
    }

    public static ObjectKey mirrorBlobLink(RepositoryName name, Digest blob) {
        return new ObjectKey(MIRROR_REPOSITORIES + name + "/_blobs/" + path(blob));
    }

    public static ObjectKey mirrorManifest(RepositoryName name, Digest manifest) {
        return new ObjectKey(MIRROR_REPOSITORIES + name + "/_manifests/" + path(manifest));
    }

    /** What the key of every tag of a mirrored repository begins with. */
    public static String mirrorTags(RepositoryName name) {
        return MIRROR_REPOSITORIES + name + "/_tags/";
    }

    public static ObjectKey mirrorTag(RepositoryName name, Tag tag) {
        return new ObjectKey(mirrorTags(name) + tag);
    }

    public static ObjectKey mirrorReferrers(RepositoryName name, Digest subject) {
        return new ObjectKey(MIRROR_REPOSITORIES + name + "/_referrers/" + path(subject));
    }

    /** The mirrored repository below which a key lies. */
    public static RepositoryName mirrorRepositoryOf(ObjectKey key) {
        String below = key.value().substring(MIRROR_REPOSITORIES.length());
        return new RepositoryName(below.substring(0, below.indexOf("/_")));
    }

    /** The digest that a key ends with: its last two components are ALGORITHM/HEX, or ALGORITHM/HH/HEX. */
    static Digest digestOf(ObjectKey key) {
        String[] path = key.value().split("/", -1);
        String before = path[path.length - 2];
        String algorithm = before.length() == 2 ? path[path.length - 3] : before;
        return Digest.parse(algorithm + ":" + path[path.length - 1]);
    }

    /** The repository below which a key lies. */
    static RepositoryName repositoryOf(ObjectKey key) {
        String path = key.value().substring(REPOSITORIES.length());
        return new RepositoryName(path.substring(0, path.indexOf("/_")));
    }

    /**
     * Whether an object is one of the small ones that say what a repository has and which digest a tag names. They are
     * asked for at every pull.
     */
    public static boolean isRecord(ObjectKey key) {
        return key.value().startsWith(REPOSITORIES);
    }

    /** Whether an object comes piece by piece and is appended to, as what clients send is until it has come. */
    public static boolean mayGrow(ObjectKey key) {
        boolean comesIn = key.value().startsWith(UPLOADS) || key.value().startsWith(INCOMING);
        return comesIn && !key.equals(ownerOf(key));
    }

    /** What there is as long as an object that may grow is of use. */
    static ObjectKey ownerOf(ObjectKey growing) {
        UploadId id = uploadOf(growing);
        return growing.value().startsWith(UPLOADS) ? uploadSession(id) : incomingRecord(id);
    }

    private static String repository(RepositoryName name) {
        return REPOSITORIES + name + "/";
    }

    private static String spreadPath(Digest digest) {
        return digest.algorithm().prefix() + "/" + digest.hex().substring(0, 2) + "/" + digest.hex();
    }

    private static String path(Digest digest) {
        return digest.algorithm().prefix() + "/" + digest.hex();
    }
}
