package io.dvcr.converters.disk;

/** Where a frame is: in the pack of that number, from that byte on, so long. */
record FrameLocation(int pack, int offset, int length) {}
