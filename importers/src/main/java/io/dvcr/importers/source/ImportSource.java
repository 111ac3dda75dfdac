package io.dvcr.importers.source;

/** Where an import takes its image from, as its client names it. All kinds are here; {@link SourceOpeners} reads them. */
public sealed interface ImportSource permits HttpSource, RegistrySource, UploadSource, VolumeSource {}
