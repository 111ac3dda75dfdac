package io.dvcr.registry.oci;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.Catalog;
import java.io.IOException;
import java.util.List;

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
        List<RepositoryName> found = catalog.list(page.last(), page.limitAndOneMore(), request.caller()::sees);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("repositories");
        page.cut(found).forEach(name -> list.add(name.value()));
        return page.reply(request, json, found);
    }
}
