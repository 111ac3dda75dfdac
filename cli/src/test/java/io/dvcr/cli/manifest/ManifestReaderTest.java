package io.dvcr.cli.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.cli.manifest.ManifestReader.MalformedException;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ManifestReaderTest {

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void documents_of_yaml_and_json_are_read() throws MalformedException {
        assertThat(ManifestReader.read("""
                        # a comment
                        a: 1
                        b: [true, yes, "5", 1.5, null, 10Gi, 0x10]
                        c: 2026-01-31
                        ---
                        ---
                        {"d": {"e": "f"}}
                        ---
                        text: |
                          two
                          lines
                        """).toString())
                .isEqualTo(List.of(
                                json("{\"a\":1,\"b\":[true,\"yes\",\"5\",1.5,null,\"10Gi\",16],\"c\":\"2026-01-31\"}"),
                                json("{\"d\":{\"e\":\"f\"}}"),
                                json("{\"text\":\"two\\nlines\\n\"}"))
                        .toString());
        assertThat(ManifestReader.read("")).isEmpty();
        assertThat(ManifestReader.read("# nothing\n---\n")).isEmpty();
    }

    @Test
    void what_is_malformed_is_refused_with_its_line() {
        assertThatThrownBy(() -> ManifestReader.read("a: 1\nb: [1, 2\nc: 3\n"))
                .isInstanceOf(MalformedException.class)
                .hasMessageStartingWith("line 3: ");
        assertThatThrownBy(() -> ManifestReader.read("a: 1\na: 2\n"))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("duplicate key a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "? [a]\n: 1",
                "a: !!java.io.File /etc/passwd",
                "a: &x [*x]",
                "? {a: b}\n: c",
                "\u0000",
                "a: *missing"
            })
    void what_is_no_json_is_refused(String text) {
        assertThatThrownBy(() -> ManifestReader.read(text)).isInstanceOf(MalformedException.class);
    }

    @Test
    void what_would_grow_beyond_bounds_is_refused() {
        StringBuilder laughs = new StringBuilder("a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha]\n");
        for (int i = 1; i < 12; i++) {
            String before = "*a" + (i - 1);
            laughs.append(
                    "a%d: &a%d [%s]\n".formatted(i, i, String.join(", ", List.of(before, before, before, before))));
        }
        assertThatThrownBy(() -> ManifestReader.read(laughs.toString()))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("more than 200000 values");
        assertThatThrownBy(() -> ManifestReader.read("[".repeat(102) + "]".repeat(102)))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> ManifestReader.read("[".repeat(100_000))).isInstanceOf(MalformedException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "True",
                "true",
                "null",
                "~",
                "1",
                "1.5",
                "0x10",
                "",
                " ",
                "a: b",
                "- a",
                "#cloud-config\nusers: []\n",
                "no end",
                "a\n\n",
                "\n",
                "trailing \n x",
                "tab\tin",
                "ü",
                "*a",
                "&a",
                "!a",
                "'",
                "\"",
                "%",
                "@",
                "---",
                "1e3",
                ".inf",
                "2026-01-31",
                "yes",
                " indented\nmore\n",
                "\u0007bell",
                "x\r\ny"
            })
    void every_text_is_written_so_that_it_is_read_as_it_was(String text) throws MalformedException {
        ObjectNode json =
                JsonNodeFactory.instance.objectNode().put("text", text).put(text, 1);
        json.putArray("list").add(text).addObject().put("deep", text);

        assertThat(ManifestReader.read(ManifestWriter.yaml(json))).containsExactly(json);
    }

    @Test
    void what_is_written_is_what_people_would_write() {
        assertThat(ManifestWriter.yaml(json("""
                        {"kind":"VirtualMachine","spec":{"cpu":{"cores":2},"labels":{},"blockDevices":[{"type":"Disk","ok":true}],
                         "userData":"#cloud-config\\nusers: []\\n","status":"True"}}"""))).isEqualTo("""
                        kind: VirtualMachine
                        spec:
                          cpu:
                            cores: 2
                          labels: {}
                          blockDevices:
                          - type: Disk
                            ok: true
                          userData: |
                            #cloud-config
                            users: []
                          status: 'True'
                        """);
    }
}
