package io.dvcr.virt.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.api.Manifests;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LabelSelectorTest {
    private static final Resource<?, ?> LABELLED = Manifests.resource(
            Kinds.SECRET, "{metadata: {name: 'a', labels: {app: 'web', 'dvcr.io/tier': 'b', empty: ''}}}");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "app",
                "app=web",
                "app==web",
                "app = web",
                "app!=db",
                "missing!=x",
                "!missing",
                "empty=",
                "empty",
                "app=web,dvcr.io/tier=b",
                "dvcr.io/tier in (a,b)",
                "dvcr.io/tier in ( a, b )",
                "app notin (db)",
                "missing notin (db)",
                "app in (web,web)",
                "app=web, !missing ,dvcr.io/tier"
            })
    void these_match(String selector) {
        assertThat(LabelSelector.parse(selector).matches(LABELLED)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "missing",
                "app=db",
                "app!=web",
                "!app",
                "empty=x",
                "app=web,missing",
                "dvcr.io/tier in (a)",
                "app notin (web)",
                "missing in (a)"
            })
    void these_do_not(String selector) {
        assertThat(LabelSelector.parse(selector).matches(LABELLED)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {",", "app=web,", "=web", "app in web", "app in (web", "app like web", "a b", "app=we b", "app>1"
            })
    void what_is_no_selector_is_refused(String selector) {
        assertThatThrownBy(() -> LabelSelector.parse(selector))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + selector + "\"");
    }
}
