package io.dvcr.registry.oci;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.registry.access.Caller;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.Catalog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code GET /v2/_catalog?n=<count>&last=<name>}, as the Docker registry API has it. */
final class CatalogEndpoint {
    private final Catalog catalog;
    private final int pageSize;

    CatalogEndpoint(Catalog catalog, int pageSize) {
        this.catalog = catalog;
        this.pageSize = pageSize;
    }

    /** Only what the caller may pull is there for them. */
    Reply list(Request request) throws IOException {
        Page page = Page.of(request, pageSize);
        List<RepositoryName> found = visible(request.caller(), page);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("repositories");
        page.cut(found).forEach(name -> list.add(name.value()));
        return page.reply(request, json, found);
    }

    private List<RepositoryName> visible(Caller caller, Page page) throws IOException {
        List<RepositoryName> visible = new ArrayList<>();
        Optional<String> after = page.last();
        while (visible.size() < page.limitAndOneMore()) {
            List<RepositoryName> some = catalog.list(after, page.limitAndOneMore());
            some.stream().filter(caller::sees).forEach(visible::add);
            if (some.size() < page.limitAndOneMore()) {
                break;
            }
            after = Optional.of(some.getLast().value());
        }
        return visible;
    }
}
