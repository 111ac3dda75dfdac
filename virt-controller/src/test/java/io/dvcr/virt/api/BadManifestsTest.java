package io.dvcr.virt.api;

import static io.dvcr.virt.api.Manifests.faults;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.resource.ResourceJson;
import io.dvcr.virt.resource.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class BadManifestsTest {

    @Test
    void all_that_is_wrong_is_said_at_once_each_with_its_path() {
        assertThat(faults(Kinds.MACHINE, """
                        {metadata: {name: 5, labels: {a: 1}},
                         spec: {runPolicy: 'Sometimes', cpu: {cores: 0, coreFraction: '101%'}, memory: {},
                           enableParavirtualization: 'yes', terminationGracePeriodSeconds: -1,
                           blockDevices: [{virtualMachineDisk: 'data'}, 7]}}"""))
                .containsExactly(
                        "metadata.name: 5, expected a string",
                        "metadata.labels.a: 1, expected a string",
                        "spec.runPolicy: \"Sometimes\", expected one of AlwaysOn, AlwaysOff, Manual,"
                                + " AlwaysOnUnlessStoppedManually",
                        "spec.enableParavirtualization: \"yes\", expected true or false",
                        "spec.cpu.cores: 0, expected at least 1",
                        "spec.cpu.coreFraction: \"101%\", expected what matches (100|[1-9][0-9]?)%",
                        "spec.memory.size: is missing",
                        "spec.blockDevices[0].type: is missing",
                        "spec.blockDevices[0].virtualMachineDisk: \"data\", expected an object",
                        "spec.blockDevices[1]: 7, expected an object",
                        "spec.terminationGracePeriodSeconds: -1, expected at least 0");
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                Arguments.of(Kinds.MACHINE, """
                        {metadata: {name: 'a'}, spec: {cpu: {}, memory: {size: '1Gi'},
                          blockDevices: [{type: 'VirtualMachineDisk', virtualMachineDisk: {name: 'd'}}]}}""", "spec.cpu.cores: is missing"),
                Arguments.of(Kinds.MACHINE, """
                        {metadata: {name: 'a'}, spec: {cpu: {cores: 1}, memory: {size: '1Gi'}, tolerations: [{}, null],
                          blockDevices: [{type: 'VirtualMachineDisk', virtualMachineDisk: {name: 'd'}}]}}""", "spec.tolerations[1]: null, expected a value"),
                Arguments.of(
                        Kinds.DISK,
                        "{metadata: {name: 'a'}, spec: {}}",
                        "spec: a disk without dataSource is blank, and needs persistentVolumeClaim.size"),
                Arguments.of(Kinds.DISK, "{metadata: {name: 'a'}, spec: 'x'}", "spec: \"x\", expected an object"),
                Arguments.of(Kinds.DISK, "{metadata: ['a'], spec: {}}", "metadata: a list, expected an object"),
                Arguments.of(
                        Kinds.DISK,
                        "{metadata: {name: 'a'}, spec: {persistentVolumeClaim: {size: '10gi'}}}",
                        "spec.persistentVolumeClaim.size: \"10gi\" is no quantity, such as 512Mi or 10Gi"),
                Arguments.of(
                        Kinds.DISK,
                        "{metadata: {name: 'a'}, spec: {persistentVolumeClaim: {size: ['1']}}}",
                        "spec.persistentVolumeClaim.size: a list, expected a quantity, such as 10Gi"),
                Arguments.of(
                        Kinds.IMAGE,
                        "{metadata: {name: 'a'}, spec: {dataSource: {type: 'HTTP', upload: {}}}}",
                        "spec.dataSource: type HTTP takes the block http and no other; there is [upload]"),
                Arguments.of(
                        Kinds.IMAGE,
                        "{metadata: {name: 'a'}, spec: {dataSource: {type: 'HTTP', http: {url: 'file:///etc/passwd'}}}}",
                        "spec.dataSource.http.url: \"file:///etc/passwd\", expected what matches https?://.+"),
                Arguments.of(
                        Kinds.CLUSTER_IMAGE,
                        """
                        {metadata: {name: 'a'}, spec: {dataSource: {type: 'VirtualMachineDisk',
                          virtualMachineDisk: {name: 'd'}}}}""",
                        "spec: a ClusterVirtualMachineImage has no namespace of its own: say that of the VirtualMachineDisk"),
                Arguments.of(Kinds.MACHINE, """
                        {metadata: {name: 'a'}, spec: {cpu: {cores: 1}, memory: {size: '16Mi'},
                          blockDevices: [{type: 'VirtualMachineDisk', virtualMachineDisk: {name: 'd'}}]}}""", "spec.memory: 16Mi is less than 32Mi"),
                Arguments.of(
                        Kinds.MACHINE,
                        "{metadata: {name: 'a'}, spec: {cpu: {cores: 1}, memory: {size: '1Gi'}}}",
                        "spec: there are 0 blockDevices, expected 1 to 16"),
                Arguments.of(Kinds.MACHINE, """
                        {metadata: {name: 'a'}, spec: {cpu: {cores: 99999999999}, memory: {size: '1Gi'},
                          blockDevices: [{type: 'VirtualMachineDisk', virtualMachineDisk: {name: 'd'}}]}}""", "spec.cpu.cores: 99999999999, expected at most 248"),
                Arguments.of(
                        Kinds.MACHINE,
                        """
                        {metadata: {name: 'a'}, spec: {cpu: {cores: 1}, memory: {size: '1Gi'},
                          blockDevices: [{type: 'VirtualMachineDisk', virtualMachineImage: {name: 'd'}}]}}""",
                        "spec.blockDevices[0]: type VirtualMachineDisk takes the block of its name and no other"),
                Arguments.of(
                        Kinds.OPERATION,
                        "{metadata: {name: 'a'}, spec: {type: 'Start', virtualMachineName: 'w', force: true}}",
                        "spec: Start cannot be forced"),
                Arguments.of(Kinds.SECRET, "{metadata: {name: 'a'}, data: {key: '***'}}", "data.key is not in Base64"),
                Arguments.of(
                        Kinds.SECRET,
                        "{metadata: {name: '../../etc/passwd'}}",
                        "metadata: \"../../etc/passwd\" is no name: lower-case letters, digits, - and . with a letter or"
                                + " digit at either end"),
                Arguments.of(
                        Kinds.SECRET,
                        "{metadata: {name: 'a', namespace: '..'}}",
                        "metadata: \"..\" is no namespace: up to 63 lower-case letters, digits and - with a letter or"
                                + " digit at either end"),
                Arguments.of(
                        Kinds.SECRET,
                        "{metadata: {name: 'a', creationTimestamp: 'yesterday'}}",
                        "metadata.creationTimestamp: \"yesterday\", expected a time such as 2026-01-31T12:00:00Z"),
                Arguments.of(Kinds.SECRET, "{}", "metadata.name: is missing"),
                Arguments.of(Kinds.SECRET, "{metadata: null}", "metadata.name: is missing"));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void what_is_wrong_is_said_with_value_and_expectation(ResourceType<?, ?> type, String manifest, String fault) {
        assertThat(faults(type, manifest)).containsExactly(fault.split("; ", -1));
    }

    @Test
    void null_is_as_if_it_had_not_been_written() {
        assertThat(Manifests.resource(Kinds.MACHINE, """
                        {metadata: {name: 'a', namespace: null, labels: null, finalizers: null},
                         spec: {runPolicy: null, cpu: {cores: 1, modelName: null}, memory: {size: '1Gi'},
                          provisioning: null, nodeSelector: null, tolerations: null, affinity: null,
                          blockDevices: [{type: 'VirtualMachineDisk', virtualMachineDisk: {name: 'd'},
                            virtualMachineImage: null}]}, status: null}""").spec())
                .isEqualTo(Manifests.resource(Kinds.MACHINE, """
                        {metadata: {name: 'a'}, spec: {cpu: {cores: 1}, memory: {size: '1Gi'},
                          blockDevices: [{type: 'VirtualMachineDisk', virtualMachineDisk: {name: 'd'}}]}}""").spec());
    }

    @Test
    void what_may_be_anything_is_empty_if_it_was_not_written() {
        assertThat(Manifests.resourceNamed(Kinds.MACHINE, "web").spec().affinity())
                .isEmpty();
        assertThat(Kinds.MACHINE.emptyStatus().run().applied()).isEmpty();
    }

    @Test
    void a_value_that_is_shown_in_an_error_is_cut_short() {
        assertThat(faults(Kinds.MACHINE, "{metadata: {name: 'a'}, spec: {runPolicy: '" + "x".repeat(100_000) + "'}}")
                        .getFirst())
                .hasSizeLessThan(200);
    }

    /** Puts something else in the place of one value after another, and sees that nothing but a refusal comes of it. */
    @Test
    void whatever_stands_in_whichever_place_is_taken_or_refused() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (ResourceType<?, ?> type : Kinds.ALL) {
            for (int i = 0; i < 500; i++) {
                ObjectNode manifest = Manifests.right(type);
                List<ObjectNode> objects = new ArrayList<>();
                collect(manifest, objects);
                ObjectNode chosen = objects.get(random.nextInt(objects.size()));
                List<String> names = new ArrayList<>();
                chosen.fieldNames().forEachRemaining(names::add);
                if (!names.isEmpty()) {
                    chosen.set(names.get(random.nextInt(names.size())), hostile(random));
                    tryToRead(type, manifest);
                }
            }
        }
    }

    private static void tryToRead(ResourceType<?, ?> type, JsonNode manifest) {
        try {
            assertThat(ResourceJson.read(type, manifest).resource()).isNotNull();
        } catch (RegistryException e) {
            assertThat(e).hasMessageStartingWith(type.kind() + " \"").hasMessageContaining(" is invalid: ");
        }
    }

    private static void collect(JsonNode node, List<ObjectNode> objects) {
        if (node instanceof ObjectNode object) {
            objects.add(object);
        }
        node.forEach(child -> collect(child, objects));
    }

    private static JsonNode hostile(Random random) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (random.nextInt(10)) {
            case 0 -> nodes.nullNode();
            case 1 -> nodes.numberNode(random.nextLong());
            case 2 -> nodes.numberNode(random.nextDouble() * 1e300);
            case 3 -> nodes.booleanNode(random.nextBoolean());
            case 4 -> nodes.textNode("\u0000\uD800" + random.nextInt());
            case 5 -> nodes.objectNode();
            case 6 -> nodes.arrayNode().addNull().add(nodes.objectNode());
            case 7 -> nodes.objectNode().set("type", nodes.objectNode());
            case 8 -> deep(500);
            default -> nodes.textNode("");
        };
    }

    private static JsonNode deep(int levels) {
        JsonNode node = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < levels; i++) {
            ArrayNode around = JsonNodeFactory.instance.arrayNode();
            node = i % 2 == 0
                    ? around.add(node)
                    : JsonNodeFactory.instance.objectNode().set("a", node);
        }
        return node;
    }

    @Test
    void what_is_not_an_object_is_refused() {
        assertThatThrownBy(() -> ResourceJson.read(Kinds.MACHINE, JsonNodeFactory.instance.arrayNode()))
                .isInstanceOf(RegistryException.class);
        assertThatThrownBy(() -> ResourceJson.read(Kinds.SECRET, JsonNodeFactory.instance.textNode("x")))
                .isInstanceOf(RegistryException.class);
    }
}
