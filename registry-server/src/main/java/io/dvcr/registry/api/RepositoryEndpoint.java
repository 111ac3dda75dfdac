package io.dvcr.registry.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.registry.http.JsonReply;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.RegistryError.NameUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.Catalog;
import io.dvcr.storage.content.RepositoryQuotas;
import io.dvcr.storage.content.RepositoryQuotas.Usage;
import java.io.IOException;
import java.util.List;

/** {@code /api/v1/repositories?n=<count>&last=<name>} and {@code /api/v1/repositories/<repository>}: what they hold. */
final class RepositoryEndpoint {
    /** What each holds may have to be counted. */
    private static final int MAX_PAGE = 100;

    private final Catalog catalog;
    private final RepositoryQuotas quotas;

    RepositoryEndpoint(Catalog catalog, RepositoryQuotas quotas) {
        this.catalog = catalog;
        this.quotas = quotas;
    }

    /** Only what the caller may pull is there for them. {@code next} is what to ask as {@code last} if there are more. */
    Reply list(Request request) throws IOException {
        int limit = Math.max(1, request.count("n", MAX_PAGE, MAX_PAGE));
        List<RepositoryName> found = catalog.list(request.query("last"), limit + 1, request.caller()::sees);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("repositories");
        for (RepositoryName name : found.subList(0, Math.min(limit, found.size()))) {
            list.add(toJson(name));
        }
        if (found.size() > limit) {
            json.put("next", found.get(limit - 1).value());
        }
        return JsonReply.of(200, json);
    }

    Reply get(Request request) throws IOException {
        RepositoryName name = RepositoryName.parse(request.pathParameter("repository"));
        if (!catalog.contains(name)) {
            throw new RegistryException(new NameUnknown(name));
        }
        return JsonReply.of(200, toJson(name));
    }

    private ObjectNode toJson(RepositoryName name) throws IOException {
        Usage usage = quotas.usage(name);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", name.value());
        json.put("usedBytes", usage.heldBytes());
        usage.quotaBytes().ifPresent(limit -> json.put("quotaBytes", limit));
        return json;
    }
}
