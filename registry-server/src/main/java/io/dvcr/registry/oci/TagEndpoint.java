package io.dvcr.registry.oci;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.RegistryError.NameUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.content.Catalog;
import io.dvcr.storage.content.TagStore;
import java.io.IOException;
import java.util.List;

/** end-8a and end-8b: {@code GET /v2/<name>/tags/list?n=<count>&last=<tag>}. */
final class TagEndpoint {
    private final TagStore tags;
    private final Catalog catalog;
    private final int pageSize;

    TagEndpoint(TagStore tags, Catalog catalog, int pageSize) {
        this.tags = tags;
        this.catalog = catalog;
        this.pageSize = pageSize;
    }

    Reply list(Request request) throws IOException {
        RepositoryName name = OciRequest.name(request);
        if (!catalog.contains(name)) {
            throw new RegistryException(new NameUnknown(name));
        }
        Page page = Page.of(request, pageSize);
        List<Tag> found = tags.list(name, page.last(), page.limitAndOneMore());
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", name.value());
        ArrayNode list = json.putArray("tags");
        page.cut(found).forEach(tag -> list.add(tag.value()));
        return page.reply(request, json, found);
    }
}
