package io.dvcr.storage.content;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.content.CheckFinding.Alien;
import io.dvcr.storage.content.CheckFinding.Broken;
import io.dvcr.storage.content.CheckFinding.Corrupt;
import io.dvcr.storage.content.CheckFinding.Dangling;
import io.dvcr.storage.content.CheckFinding.Missing;
import io.dvcr.storage.content.CheckFinding.NoReferrer;
import io.dvcr.storage.content.CheckFinding.Uncatalogued;
import io.dvcr.storage.content.CheckFinding.Unreadable;
import io.dvcr.storage.content.CheckFinding.Unsound;
import io.dvcr.storage.content.CheckReport.Amount;
import io.dvcr.storage.content.CheckReport.Leftovers;

/** Reports of checks as JSON. */
public final class CheckJson {
    private CheckJson() {}

    public static ObjectNode toJson(CheckReport report) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("allWell", report.allWell());
        json.set("blobs", toJson(report.blobs()));
        json.put("composites", report.composites());
        json.put("repositories", report.repositories());
        json.put("manifests", report.manifests());
        json.put("tags", report.tags());
        json.set("read", toJson(new Amount(report.read(), report.readBytes())));
        json.set("leftovers", toJson(report.leftovers()));
        json.put("faults", report.faults());
        ArrayNode findings = json.putArray("findings");
        report.findings().forEach(finding -> findings.add(toJson(finding)));
        return json;
    }

    private static ObjectNode toJson(Amount amount) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("count", amount.count())
                .put("bytes", amount.bytes());
    }

    private static ObjectNode toJson(Leftovers leftovers) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.set("unnamed", toJson(leftovers.unnamed()));
        json.set("setAside", toJson(leftovers.setAside()));
        json.set("quarantined", toJson(leftovers.quarantined()));
        json.put("uploads", leftovers.uploads());
        json.put("imageUploads", leftovers.imageUploads());
        json.put("abandoned", leftovers.abandoned());
        return json;
    }

    private static ObjectNode toJson(CheckFinding finding) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("kind", finding.getClass().getSimpleName());
        return switch (finding) {
            case Corrupt(Digest digest, long size) ->
                json.put("digest", digest.toString()).put("size", size);
            case Unreadable(String key, String reason) -> json.put("key", key).put("reason", reason);
            case Alien(String key) -> json.put("key", key);
            case Broken(Digest digest, String reason) ->
                json.put("digest", digest.toString()).put("reason", reason);
            case Missing(Digest digest, RepositoryName repository, Digest manifest) ->
                in(repository, json).put("manifest", manifest.toString()).put("digest", digest.toString());
            case Unsound(RepositoryName repository, Digest manifest, String reason) ->
                in(repository, json).put("manifest", manifest.toString()).put("reason", reason);
            case Dangling(RepositoryName repository, Tag tag, String target) ->
                in(repository, json).put("tag", tag.toString()).put("target", target);
            case NoReferrer(RepositoryName repository, Digest manifest, Digest subject) ->
                in(repository, json).put("manifest", manifest.toString()).put("subject", subject.toString());
            case Uncatalogued(RepositoryName repository) -> in(repository, json);
        };
    }

    private static ObjectNode in(RepositoryName repository, ObjectNode json) {
        return json.put("repository", repository.value());
    }
}
