package io.dvcr.registry.event;

import io.dvcr.registry.event.RegistryEvent.ImageImported;
import io.dvcr.registry.event.RegistryEvent.ImportFailed;
import io.dvcr.registry.event.RegistryEvent.ManifestDeleted;
import io.dvcr.registry.event.RegistryEvent.ManifestPushed;
import io.dvcr.registry.event.RegistryEvent.TagDeleted;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The kinds of event, by the names that CloudEvents carry. */
public enum EventType {
    MANIFEST_PUSHED("io.dvcr.manifest.pushed"),
    MANIFEST_DELETED("io.dvcr.manifest.deleted"),
    TAG_DELETED("io.dvcr.tag.deleted"),
    IMAGE_IMPORTED("io.dvcr.image.imported"),
    IMPORT_FAILED("io.dvcr.import.failed");

    private final String label;

    EventType(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    static EventType of(RegistryEvent event) {
        return switch (event) {
            case ManifestPushed _ -> MANIFEST_PUSHED;
            case ManifestDeleted _ -> MANIFEST_DELETED;
            case TagDeleted _ -> TAG_DELETED;
            case ImageImported _ -> IMAGE_IMPORTED;
            case ImportFailed _ -> IMPORT_FAILED;
        };
    }

    /** @throws IllegalArgumentException if there is no such kind; the message names all */
    public static EventType labelled(String label) {
        return Arrays.stream(values())
                .filter(type -> type.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such event type: \"" + label + "\"; there are "
                        + Arrays.stream(values()).map(EventType::label).collect(Collectors.joining(", "))));
    }
}
