package io.dvcr.importers.mirror;

import io.dvcr.storage.RepositoryPattern;
import io.dvcr.storage.TagPattern;

/** What is never removed to make room: what the tags lead to; with {@link TagPattern#ALL}, all that is asked for. */
public record PinRule(RepositoryPattern repositories, TagPattern tags) {}
