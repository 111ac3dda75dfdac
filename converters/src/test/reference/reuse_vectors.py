#!/usr/bin/env python3
"""Makes reuse.json, the vectors of section "Reuse" in docs/disk-artifact.md, from that page alone.

Needs the zstd command. Prints the file.
"""
import hashlib
import json
import struct
import subprocess

BLOCK = 4096
MIN_CHUNK = 16 << 10
MAX_CHUNK = 256 << 10


def crc32c(data, table=[]):
    if not table:
        for n in range(256):
            for _ in range(8):
                n = n >> 1 ^ (0x82F63B78 if n & 1 else 0)
            table.append(n)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


assert crc32c(b"123456789") == 0xE3069283


def blocks(disk):
    """The disk's blocks, None for zeros."""
    found = [None] * -(-disk["size"] // BLOCK)
    for first, count, name, source in disk["runs"]:
        for i in range(count):
            hash = hashlib.sha256(f"{name}/{source + i}".encode()).digest()
            length = min(BLOCK, disk["size"] - (first + i) * BLOCK)
            found[first + i] = (hash * (BLOCK // 32))[:length]
    return found


def cut(disk):
    """(first block, content) of each chunk, section "Cutting"."""
    first, chunk = 0, b""
    for number, block in enumerate(blocks(disk)):
        if block is None or not any(block):
            if chunk:
                yield first, chunk
            chunk = b""
            continue
        if not chunk:
            first = number
        chunk += block
        if len(chunk) >= MAX_CHUNK or len(chunk) >= MIN_CHUNK and crc32c(block) & 0xF == 0:
            yield first, chunk
            chunk = b""
    if chunk:
        yield first, chunk


def frame(chunk):
    command = ["zstd", "-q", "-c", "-3", "--no-check", f"--stream-size={len(chunk)}"]
    return subprocess.run(command, input=chunk, stdout=subprocess.PIPE, check=True).stdout


def sha256(data):
    return hashlib.sha256(data).digest()


def write(disk, packs_end):
    """Index and packs of a disk; a pack ends after each chunk whose number is in packs_end."""
    packs, chunks, extents = [b""], {}, []
    for first, chunk in cut(disk):
        digest = sha256(chunk)
        if digest not in chunks:
            if len(chunks) in packs_end:
                packs.append(b"")
            data = frame(chunk)
            chunks[digest] = (len(chunks), len(packs) - 1, len(packs[-1]), len(data), len(chunk))
            packs[-1] += data
        extents.append((first, chunks[digest][0]))
    index = b"DVCRDISK" + struct.pack(
        ">IIQIIII", 1, BLOCK, disk["size"], len(packs), len(chunks), len(extents), 0)
    for pack in packs:
        index += sha256(pack) + struct.pack(">I", len(pack))
    for digest, (_, pack, offset, length, chunk_length) in chunks.items():
        index += digest + struct.pack(">IIII", pack, offset, length, chunk_length)
    for extent in extents:
        index += struct.pack(">II", *extent)
    places = {digest: chunk[1:4] for digest, chunk in chunks.items()}
    return index, packs, places


def reuse(disk, packs, places):
    """The extents of a disk over an old one, and the old packs that it keeps and leaves, section "Reuse"."""
    extents = [(first, chunk, sha256(chunk)) for first, chunk in cut(disk)]
    used = [0] * len(packs)
    for digest in {digest for _, _, digest in extents}:
        if digest in places:
            pack, _, length = places[digest]
            used[pack] += length
    kept = [4 * used[pack] >= len(packs[pack]) for pack in range(len(packs))]
    rows = []
    for first, chunk, digest in extents:
        known = digest in places and kept[places[digest][0]]
        rows.append([first, len(chunk), digest.hex(), list(places[digest]) if known else None])
    return rows, kept, used


OLD = {"size": 60 * BLOCK, "runs": [[3 * i, 2, "old", 2 * i] for i in range(20)]}
NEW = {"size": 50 * BLOCK + 100, "runs": [
    [1, 2, "old", 4],       # chunk 2, of pack 0
    [4, 2, "new", 0],
    [7, 2, "old", 12],      # chunk 6, of pack 1: the one of its eight that is used
    [10, 2, "old", 2],      # chunk 1, of pack 0
    [20, 2, "old", 12],     # chunk 6 again
    [23, 2, "old", 34],     # chunk 17, of pack 3: one of its four, just a quarter
    [26, 2, "old", 25],     # the blocks of chunks 12 and 13, cut elsewhere: a new chunk
    [29, 20, "new", 100],
    [50, 1, "new", 200],    # short
]}

index, packs, places = write(OLD, {4, 12, 16})
rows, kept, used = reuse(NEW, packs, places)
assert 4 * used[3] == len(packs[3]) and kept == [True, False, False, True], (used, [len(p) for p in packs])

print("{")
print(f' "old": {{"size": {OLD["size"]}, "runs": {json.dumps(OLD["runs"])},')
print(f'  "index": "{index.hex()}",')
print('  "packs": [\n   ' + ',\n   '.join(f'"{pack.hex()}"' for pack in packs) + ']},')
print(f' "new": {{"size": {NEW["size"]}, "runs": {json.dumps(NEW["runs"])},')
print(f'  "packsReused": {json.dumps([i for i in range(len(packs)) if kept[i]])},')
print('  "extents": [\n   ' + ',\n   '.join(json.dumps(row) for row in rows) + ']}')
print("}")
