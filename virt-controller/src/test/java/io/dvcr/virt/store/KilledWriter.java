package io.dvcr.virt.store;

import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.api.Manifests;
import io.dvcr.virt.api.NoStatus;
import io.dvcr.virt.api.SecretContent;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.Resource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** A process that changes Secrets at random until it is killed, and says of each change when it begins and when it is done. */
final class KilledWriter {
    private static final int NAMES = 8;

    private KilledWriter() {}

    public static void main(String[] arguments) throws IOException {
        Random random = new Random(Long.parseLong(arguments[1]));
        try (ResourceFiles files = ResourceFiles.open(Path.of(arguments[0]), Kinds.ALL, Clock.systemUTC(), List.of())) {
            while (!System.out.checkError()) { // which is so when the test has been killed itself
                Key key = Key.of("default", "s" + random.nextInt(NAMES));
                boolean deletes = random.nextInt(4) == 0;
                String value = deletes ? "gone" : "v" + random.nextInt(1_000_000);
                System.out.println("begin " + key.name() + " " + value);
                System.out.flush();
                change(files, key, value, deletes);
                System.out.println("done " + key.name() + " " + value + " "
                        + files.changes().last());
                System.out.flush();
            }
        }
    }

    private static void change(ResourceFiles files, Key key, String value, boolean deletes) throws IOException {
        Optional<Resource<SecretContent, NoStatus>> there = files.find(Kinds.SECRET, key);
        SecretContent content = new SecretContent("Opaque", Map.of(), Map.of("value", value));
        if (deletes && there.isPresent()) {
            files.delete(Kinds.SECRET, key, Optional.empty());
        } else if (!deletes && there.isPresent()) {
            files.update(there.get().withSpec(content));
        } else if (!deletes) {
            files.create(Manifests.resourceNamed(Kinds.SECRET, key.name()).withSpec(content));
        }
    }
}
