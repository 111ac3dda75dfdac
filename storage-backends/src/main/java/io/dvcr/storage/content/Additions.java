package io.dvcr.storage.content;

/**
 * What was added to a repository so far: the same twice says that nothing was between.
 *
 * @param here how often this server added something
 * @param elsewhere another text after every addition by any server
 */
record Additions(long here, String elsewhere) {}
