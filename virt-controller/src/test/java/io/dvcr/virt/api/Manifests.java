package io.dvcr.virt.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.ResourceJson;
import io.dvcr.virt.resource.ResourceJson.Manifest;
import io.dvcr.virt.resource.ResourceType;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;

/** Manifests as tests write them: JSON without most of its quotes. */
public final class Manifests {
    private static final JsonMapper LENIENT = JsonMapper.builder()
            .enable(
                    JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES,
                    JsonReadFeature.ALLOW_SINGLE_QUOTES,
                    JsonReadFeature.ALLOW_TRAILING_COMMA)
            .build();

    /** One that is right, of every kind. */
    private static final Map<ResourceType<?, ?>, String> RIGHT = Map.of(
            Kinds.CLUSTER_IMAGE,
            "{metadata: {name: 'debian'}, spec: {dataSource: {type: 'HTTP', http: {url: 'https://example.org/a.qcow2'}}}}",
            Kinds.IMAGE,
            "{metadata: {name: 'iso'}, spec: {dataSource: {type: 'Upload'}}}",
            Kinds.DISK,
            "{metadata: {name: 'data'}, spec: {persistentVolumeClaim: {size: '10Gi'}}}",
            Kinds.MACHINE,
            """
            {metadata: {name: 'web'}, spec: {cpu: {cores: 2}, memory: {size: '1Gi'},
             blockDevices: [{type: 'VirtualMachineDisk', virtualMachineDisk: {name: 'data'}}]}}""",
            Kinds.ATTACHMENT,
            """
            {metadata: {name: 'data-to-web'}, spec: {virtualMachineName: 'web',
             blockDevice: {type: 'VirtualMachineDisk', virtualMachineDisk: {name: 'data'}}}}""",
            Kinds.OPERATION,
            "{metadata: {name: 'restart'}, spec: {type: 'Restart', virtualMachineName: 'web'}}",
            Kinds.SECRET,
            "{metadata: {name: 'init'}, type: 'Opaque', stringData: {userData: '#cloud-config'}}");

    private Manifests() {}

    public static ObjectNode json(String text) {
        try {
            return (ObjectNode) LENIENT.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    /** A right manifest of {@code type}. */
    public static ObjectNode right(ResourceType<?, ?> type) {
        return json(RIGHT.getOrDefault(type, ""));
    }

    /** A right manifest of {@code type}, whose name is {@code name}. */
    public static ObjectNode right(ResourceType<?, ?> type, String name) {
        ObjectNode json = right(type);
        json.withObject("/metadata").put("name", name);
        return json;
    }

    public static <S extends Record, T extends Record> Manifest<S, T> read(ResourceType<S, T> type, String text) {
        return ResourceJson.read(type, json(text));
    }

    /** What is right, and honoured to the last field. */
    public static <S extends Record, T extends Record> Resource<S, T> resource(ResourceType<S, T> type, String text) {
        Manifest<S, T> manifest = read(type, text);
        Assertions.assertThat(manifest.warnings()).isEmpty();
        return manifest.resource();
    }

    /** A right one of {@code type}, whose name is {@code name}. */
    public static <S extends Record, T extends Record> Resource<S, T> resourceNamed(
            ResourceType<S, T> type, String name) {
        return ResourceJson.read(type, right(type, name)).resource();
    }

    /** What the reader of a bad manifest is told. */
    public static List<String> faults(ResourceType<?, ?> type, String text) {
        RegistryException refused = Assertions.catchThrowableOfType(RegistryException.class, () -> read(type, text));
        Assertions.assertThat(refused).as("faults in %s", text).isNotNull();
        return List.of(refused.error()
                .message()
                .replaceFirst("^\\w+ \"[^\"]*\" is invalid: ", "")
                .split("; ", -1));
    }
}
