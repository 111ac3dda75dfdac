package io.dvcr.importers.upload;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.importers.job.ImportJobJson;

/** Uploads as JSON, for the API. Their tokens are not in it. */
public final class UploadStatusJson {
    private UploadStatusJson() {}

    public static ObjectNode of(UploadStatus status) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        status.upload().request().put(json);
        json.put("state", status.state().label());
        json.put("offset", status.offset());
        json.put("expires", status.expires().toString());
        status.job().ifPresent(job -> json.set("import", ImportJobJson.toJson(job)));
        return json;
    }
}
