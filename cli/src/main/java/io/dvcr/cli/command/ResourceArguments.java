package io.dvcr.cli.command;

import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.resource.ResourceType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Resources as people name them: {@code KIND}, {@code KIND,KIND}, {@code KIND NAME…}, {@code KIND/NAME…}, {@code all}. */
final class ResourceArguments {
    private static final Pattern COMMA = Pattern.compile(",");

    private ResourceArguments() {}

    /** @param name empty for all of the kind */
    record Target(ResourceType<?, ?> type, Optional<String> name) {}

    /** @throws IOException if they name a kind that there is not, or are no such words */
    static List<Target> parse(List<String> words) throws IOException {
        List<Target> targets = new ArrayList<>();
        if (words.isEmpty()) {
            throw new IOException("say which kind of resources is meant, such as vm, or 'all'");
        }
        if (words.getFirst().contains("/")) {
            for (String word : words) {
                targets.add(slashed(word));
            }
            return targets;
        }
        List<String> names = words.subList(1, words.size());
        for (ResourceType<?, ?> type : types(words.getFirst())) {
            if (names.isEmpty()) {
                targets.add(new Target(type, Optional.empty()));
            }
            for (String name : names) {
                if (name.contains("/")) {
                    throw new IOException("say either KIND NAME or KIND/NAME, not both");
                }
                targets.add(new Target(type, Optional.of(name)));
            }
        }
        return targets;
    }

    private static Target slashed(String word) throws IOException {
        String[] parts = word.split("/", -1);
        if (parts.length != 2 || parts[1].isEmpty()) {
            throw new IOException("\"" + word + "\" is not KIND/NAME");
        }
        return new Target(type(parts[0]), Optional.of(parts[1]));
    }

    private static List<ResourceType<?, ?>> types(String word) throws IOException {
        if (word.equals("all")) {
            return Kinds.ALL.stream().filter(type -> !type.equals(Kinds.SECRET)).toList();
        }
        List<ResourceType<?, ?>> types = new ArrayList<>();
        for (String kind : COMMA.split(word, -1)) {
            types.add(type(kind));
        }
        return types;
    }

    static ResourceType<?, ?> type(String word) throws IOException {
        return Kinds.called(word)
                .orElseThrow(() -> new IOException("the server doesn't have a resource type \"" + word + "\""));
    }

    /** The resource that is meant, and no other. */
    static Target one(List<String> words) throws IOException {
        List<Target> targets = parse(words);
        if (targets.size() != 1 || targets.getFirst().name().isEmpty()) {
            throw new IOException("name one resource, as KIND NAME or KIND/NAME");
        }
        return targets.getFirst();
    }
}
