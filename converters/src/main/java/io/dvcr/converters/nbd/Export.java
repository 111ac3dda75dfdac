package io.dvcr.converters.nbd;

/**
 * What client and server agreed on.
 *
 * @param size of the disk, in bytes
 * @param structured whether replies come in chunks ("Structured reply chunk message")
 * @param allocation whether block status can be asked for, about {@code base:allocation}
 * @param dontFragment whether a read may ask for its data in one piece
 */
record Export(long size, boolean structured, boolean allocation, boolean dontFragment) {}
