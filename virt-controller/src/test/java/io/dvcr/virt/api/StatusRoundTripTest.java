package io.dvcr.virt.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.virt.resource.FieldType;
import io.dvcr.virt.resource.Metadata;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.ResourceJson;
import io.dvcr.virt.resource.ResourceType;
import io.dvcr.virt.resource.Schema;
import io.dvcr.virt.resource.Schema.SchemaField;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What was written is read again as it was: nothing is lost between the store and memory. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class StatusRoundTripTest {
    static final List<ResourceType<?, ?>> KINDS = Kinds.ALL;

    @ParameterizedTest
    @FieldSource("KINDS")
    void one_that_nobody_has_looked_at_yet(ResourceType<?, ?> type) {
        comesBack(Manifests.resourceNamed(type, "web"));
    }

    @ParameterizedTest
    @FieldSource("KINDS")
    void one_whose_every_field_is_set(ResourceType<?, ?> type) {
        ObjectNode json = ResourceJson.write(Manifests.resourceNamed(type, "web"));
        json.set("status", full(Schema.of(type.statusType())));

        Resource<?, ?> read = ResourceJson.read(type, json).resource();

        if (!type.equals(Kinds.SECRET)) {
            assertThat(ResourceJson.write(read).path("status"))
                    .hasToString(json.path("status").toString());
        }
        comesBack(read);
    }

    @Test
    void all_metadata() {
        Metadata metadata = new Metadata(
                "web",
                Optional.of("vms"),
                Optional.of("0b2f3c4d-0000-4000-8000-000000000000"),
                Optional.of("42"),
                7,
                Optional.of(Instant.parse("2026-01-31T12:00:00.123456Z")),
                Optional.of(Instant.parse("2026-02-01T00:00:00Z")),
                Map.of("a", "", "b", "x"),
                Map.of("note", "ü\n"),
                List.of("dvcr.io/disk"),
                List.of(new Metadata.OwnerReference("v1", "Secret", "init", "u")));

        comesBack(Manifests.resourceNamed(Kinds.DISK, "web").withMetadata(metadata));
    }

    @Test
    void empty_texts_and_objects_are_kept() {
        comesBack(Manifests.resource(Kinds.MACHINE, """
                {metadata: {name: 'a'}, spec: {cpu: {cores: 1}, memory: {size: '1Gi'},
                  provisioning: {type: 'UserData', userData: ''},
                  blockDevices: [{type: 'VirtualMachineDisk', virtualMachineDisk: {name: 'd'}}]},
                 status: {phase: 'Failed', message: '', observedGeneration: 0, restartAwaitingChanges: [{}], conditions: [
                  {type: 'Ready', status: 'False', reason: '', message: '', observedGeneration: 3,
                   lastTransitionTime: '2026-01-31T12:00:00Z'}]}}"""));
    }

    private static void comesBack(Resource<?, ?> resource) {
        ObjectNode json = ResourceJson.write(resource);

        ResourceJson.Manifest<?, ?> read = ResourceJson.read(resource.type(), json);

        assertThat(read.warnings()).isEmpty();
        assertThat(read.resource()).isEqualTo(resource);
    }

    private static ObjectNode full(Schema schema) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        for (SchemaField field : schema.fields()) {
            put(json, field.name(), field.type());
        }
        if (json.has("virtualMachineDisk")) { // a BlockDevice has one of these
            json.put("type", "VirtualMachineDisk").remove(List.of("virtualMachineImage", "clusterVirtualMachineImage"));
        }
        return json;
    }

    private static void put(ObjectNode json, String name, FieldType type) {
        switch (type) {
            case FieldType.Text _ -> json.put(name, "some " + name);
            case FieldType.Choice(List<String> values) -> json.put(name, values.getLast());
            case FieldType.WholeNumber _ -> json.put(name, 7);
            case FieldType.Flag _ -> json.put(name, true);
            case FieldType.Time _ -> json.put(name, "2026-01-31T12:00:00Z");
            case FieldType.Amount _ -> json.put(name, "10Gi");
            case FieldType.Any _ -> json.putObject(name).put("any", 1);
            case FieldType.Structure(Schema schema) -> json.set(name, full(schema));
            case FieldType.ListOf(FieldType items) -> {
                ObjectNode holder = JsonNodeFactory.instance.objectNode();
                put(holder, name, items);
                json.putArray(name).add(holder.get(name));
            }
            case FieldType.MapOf(FieldType values) -> put(json.putObject(name), "key", values);
        }
    }
}
