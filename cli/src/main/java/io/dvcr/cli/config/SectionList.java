package io.dvcr.cli.config;

import java.util.List;

/**
 * A list of sections that all can say the same.
 *
 * @param template one in which nothing is set: what an element can say
 */
record SectionList(Section template, List<Section> elements) implements Entry {
    SectionList {
        elements = List.copyOf(elements);
    }
}
