package io.dvcr.cli.config;

/** What a section was asked for. */
sealed interface Entry permits Setting, Section, OptionalSection, SectionList {}
