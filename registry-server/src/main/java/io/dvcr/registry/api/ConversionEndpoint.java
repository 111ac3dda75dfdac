package io.dvcr.registry.api;

import static io.dvcr.registry.http.Method.DELETE;
import static io.dvcr.registry.http.Method.GET;
import static io.dvcr.registry.http.Method.POST;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.converters.qemu.OutputFormat;
import io.dvcr.importers.image.ImageStore;
import io.dvcr.importers.image.StoredImage;
import io.dvcr.importers.job.ConversionKey;
import io.dvcr.importers.job.DownloadConversion;
import io.dvcr.importers.job.DownloadConversions;
import io.dvcr.registry.access.Action;
import io.dvcr.registry.access.Permission;
import io.dvcr.registry.http.Access;
import io.dvcr.registry.http.JsonReply;
import io.dvcr.registry.http.JsonRequest;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.registry.http.Route;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.NotFound;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** {@code /api/v1/conversions} and {@code /api/v1/conversions/<id>}: images made ready for download in other formats. */
public final class ConversionEndpoint {
    private static final String PATH = "/api/v1/conversions";
    private static final String ONE = PATH + "/(?<conversion>[^/]+)";

    private final ImageStore images;
    private final DownloadConversions conversions;

    private ConversionEndpoint(ImageStore images, DownloadConversions conversions) {
        this.images = images;
        this.conversions = conversions;
    }

    public static List<Route> routes(ImageStore images, DownloadConversions conversions) {
        ConversionEndpoint endpoint = new ConversionEndpoint(images, conversions);
        return List.of(
                Route.of(POST, PATH, Access.open(), endpoint::begin),
                Route.of(GET, PATH, Access.open(), endpoint::list),
                Route.of(GET, ONE, Access.open(), endpoint::get),
                Route.of(DELETE, ONE, Access.open(), endpoint::cancel));
    }

    /** {@code POST}: what a download of that format would have to wait for is begun. */
    private Reply begin(Request request) throws IOException {
        JsonNode wanted = JsonRequest.object(request);
        ImageReference reference = ImageReference.parse(text(wanted, "image"));
        OutputFormat format = DownloadFormat.named(text(wanted, "format"))
                .orElseThrow(() -> new RegistryException(new RequestInvalid(
                        "format must be qcow2, vmdk, vdi, vhd or vhdx: raw and iso need no conversion")));
        request.caller().require(List.of(new Permission.OnRepository(reference.repository(), Action.PULL)));
        DownloadConversion begun = begin(request, images.get(reference.repository(), reference.reference()), format);
        return JsonReply.of(202, toJson(begun)).with("Location", PATH + "/" + ConversionId.of(begun.key()));
    }

    private DownloadConversion begin(Request request, StoredImage image, OutputFormat format) throws IOException {
        DownloadFormat.requireHolds(format, image);
        return conversions.begin(image, format, request.caller().name());
    }

    private static String text(JsonNode json, String field) {
        if (!json.path(field).isTextual()) {
            throw new RegistryException(new RequestInvalid(field + " must be a string"));
        }
        return json.path(field).asText();
    }

    /** The newest first: all, or with {@code n} so many, from the one behind {@code last} on. */
    private Reply list(Request request) throws IOException {
        int limit = request.count("n", Integer.MAX_VALUE, Integer.MAX_VALUE);
        List<DownloadConversion> found = conversions.list().stream()
                .filter(one -> isVisible(request, one))
                .dropWhile(isNotBehind(request.query("last")))
                .toList();
        List<DownloadConversion> page = found.subList(0, Math.min(limit, found.size()));
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("conversions");
        page.forEach(one -> list.add(toJson(one)));
        Reply reply = JsonReply.of(200, json);
        return page.isEmpty() || page.size() == found.size()
                ? reply
                : reply.with(
                        "Link",
                        "<" + PATH + "?n=" + limit + "&last="
                                + ConversionId.of(page.getLast().key()) + ">; rel=\"next\"");
    }

    /** What does not come behind {@code last} in the list; if that is not known any more, neither is what was there. */
    private Predicate<DownloadConversion> isNotBehind(Optional<String> last) {
        if (last.isEmpty()) {
            return _ -> false;
        }
        DownloadConversion shown = ConversionId.parse(last.get())
                .flatMap(conversions::find)
                .orElseThrow(() -> new RegistryException(new NotFound("conversion " + last.get())));
        return one -> DownloadConversions.NEWEST_FIRST.compare(one, shown) <= 0;
    }

    private Reply get(Request request) throws IOException {
        return JsonReply.of(200, toJson(find(request)));
    }

    /** {@code DELETE}: stops it. Of another's, only who could delete the image. */
    private Reply cancel(Request request) throws IOException {
        DownloadConversion one = find(request);
        if (!request.caller().name().equals(one.requestedBy())) {
            request.caller()
                    .require(List.of(new Permission.OnRepository(one.key().repository(), Action.DELETE)));
        }
        return JsonReply.of(202, toJson(conversions.cancel(one.key())));
    }

    /**
     * What another server was asked for, or this one before it started, is begun here: a file that it has made is of no
     * use to who comes here for it. Who may not pull the image cannot tell its conversions from those that do not exist.
     */
    private DownloadConversion find(Request request) throws IOException {
        String id = request.pathParameter("conversion");
        ConversionKey key = ConversionId.parse(id)
                .filter(asked -> mayPull(request, asked))
                .orElseThrow(() -> new RegistryException(new NotFound("conversion " + id)));
        Optional<DownloadConversion> known = conversions.find(key);
        return known.isPresent()
                ? known.get()
                : begin(request, images.get(key.repository(), new Reference.ByDigest(key.digest())), key.format());
    }

    private static boolean isVisible(Request request, DownloadConversion one) {
        return mayPull(request, one.key());
    }

    private static boolean mayPull(Request request, ConversionKey key) {
        return request.caller().may(new Permission.OnRepository(key.repository(), Action.PULL));
    }

    private static ObjectNode toJson(DownloadConversion one) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ConversionKey key = one.key();
        String format = DownloadFormat.name(key.format());
        json.put("id", ConversionId.of(key));
        json.put("created", one.created().toString());
        one.requestedBy().ifPresent(account -> json.put("requestedBy", account));
        json.put("image", key.repository() + one.tag().map(tag -> ":" + tag).orElse("@" + key.digest()));
        json.put("digest", key.digest().toString());
        json.put("format", format);
        json.put("phase", one.phase().label());
        json.put("percent", one.percent());
        json.put("disk", "/api/v1/images/" + key.repository() + "/" + key.digest() + "/disk?format=" + format);
        one.sizeBytes().ifPresent(size -> json.put("size", size));
        one.failure()
                .ifPresent(failure ->
                        json.putObject("error").put("code", failure.code()).put("message", failure.message()));
        return json;
    }
}
