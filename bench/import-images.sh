#!/usr/bin/env bash
# Builds the disk images that bench/import.sh measures with, once, and prints the directory they are in.
#
# disk.* are one disk of 1 GiB with an ext4 file system of some 180 MiB of programs and libraries out of the Debian 12 of
# the tests, in each format that is imported; disk.iso is an optical disc of the same files. huge.* are one disk of 100 GiB
# with 64 MiB of that data at its beginning, in its middle and at its end. None of it takes root.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=e2e/guest/lib.sh
. "$here/../e2e/guest/lib.sh"

readonly DEBIAN_IMAGE="$here/../e2e/guest/build-debian-image.sh"
readonly DISK_BYTES=$((1 << 30)) HUGE_BYTES=$((100 << 30)) PIECE_MIB=64
readonly FOLDERS=(/usr/bin /usr/lib/x86_64-linux-gnu /usr/lib/python3.11)

# Converts the raw disk $1 to the file $3, whose format QEMU calls $2; options follow.
convert() {
    local from=$1 format=$2 to=$3
    shift 3
    qemu-img convert -f raw -O "$format" "$@" "$from" "$to"
}

# Copies folders of the Debian of the tests into the directory $2; $1 is for what that takes.
fill_tree() {
    local scratch=$1 tree=$2 folder
    "$DEBIAN_IMAGE" "$scratch/debian.qcow2"
    qemu-img convert -f qcow2 -O raw "$scratch/debian.qcow2" "$scratch/debian.raw"
    for folder in "${FOLDERS[@]}"; do
        mkdir -p "$tree${folder%/*}"
        debugfs -R "rdump $folder $tree${folder%/*}" "$scratch/debian.raw?offset=$((PARTITION_START * SECTOR))" \
            >/dev/null 2>"$scratch/debugfs.log" || fail "debugfs failed: $(tail -n 3 "$scratch/debugfs.log")"
    done
    (($(du -sm "$tree" | cut -f 1) > 100)) || fail "the Debian of the tests has not the files that are expected"
}

# Makes the disk in every format of the raw disk $1/disk.raw.
pack_disk() {
    local dir=$1
    convert "$dir/disk.raw" qcow2 "$dir/disk.qcow2"
    convert "$dir/disk.raw" qcow2 "$dir/disk-zlib.qcow2" -c
    convert "$dir/disk.raw" qcow2 "$dir/disk-zstd.qcow2" -c -o compression_type=zstd
    convert "$dir/disk.raw" vmdk "$dir/disk.vmdk" -o subformat=monolithicSparse
    convert "$dir/disk.raw" vmdk "$dir/disk-stream.vmdk" -o subformat=streamOptimized
    convert "$dir/disk.raw" vdi "$dir/disk.vdi"
    convert "$dir/disk.raw" vpc "$dir/disk.vhd" -o subformat=dynamic,force_size=on
    convert "$dir/disk.raw" vhdx "$dir/disk.vhdx" -o subformat=dynamic
    gzip -k "$dir/disk.raw"
    xz -T 0 -k "$dir/disk.raw"
    zstd -q -k "$dir/disk.raw"
    bzip2 -k "$dir/disk.raw"
    printf '<?xml version="1.0"?>\n<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1"/>\n' >"$dir/disk.ovf"
    tar -C "$dir" --format=ustar -cf "$dir/disk.ova" disk.ovf disk-stream.vmdk
    rm "$dir/disk.ovf"
}

# Makes huge.* of the data of $1/disk.raw. What is between it is holes, and nothing but zeros for zstd.
make_huge() {
    local dir=$1 place
    truncate -s "$HUGE_BYTES" "$dir/huge.raw"
    for place in 0 $((HUGE_BYTES / 2)) $((HUGE_BYTES - (PIECE_MIB << 20))); do
        dd if="$dir/disk.raw" of="$dir/huge.raw" bs=1M count="$PIECE_MIB" seek="$place" oflag=seek_bytes \
            conv=notrunc,sparse status=none
    done
    convert "$dir/huge.raw" qcow2 "$dir/huge.qcow2"
    convert "$dir/huge.raw" vmdk "$dir/huge.vmdk" -o subformat=monolithicSparse
    convert "$dir/huge.raw" vhdx "$dir/huge.vhdx" -o subformat=dynamic
    zstd -q -T0 "$dir/huge.raw" -o "$dir/huge.raw.zst"
    rm "$dir/huge.raw"
}

# Builds all images into the directory $1; $2 is for what that takes.
build() {
    local dir=$1 scratch=$2
    say "building the disk of the benchmark"
    fill_tree "$scratch" "$scratch/tree"
    make_ext4 "$scratch/tree" "$scratch/ext4" $((DISK_BYTES - PARTITION_START * SECTOR))
    make_mbr_disk "$scratch/ext4" "$dir/disk.raw" "$DISK_BYTES"
    xorriso -as mkisofs -quiet -o "$dir/disk.iso" -V DVCR_BENCH -J -r "$scratch/tree" 2>"$scratch/xorriso.log" ||
        fail "xorriso failed: $(tail -n 3 "$scratch/xorriso.log")"
    say "packing it in every format"
    pack_disk "$dir"
    say "building a disk of 100 GiB"
    make_huge "$dir"
}

# Builds the images under the name $1 only when they are complete; those of older recipes go.
build_cached() {
    local cached=$1
    ensure_run_packages
    ensure_test_packages
    work=$(mktemp -d "$cache/building.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    mkdir "$work/images" "$work/scratch"
    build "$work/images" "$work/scratch"
    rm -rf "$cache"/import-*
    mv "$work/images" "$cached"
}

cache=${DVCR_BENCH_CACHE:-$HOME/.cache/dvcr-bench}
mkdir -p "$cache"
cached="$cache/import-$(recipe_key "$here/../e2e/guest/lib.sh" "$DEBIAN_IMAGE" "${BASH_SOURCE[0]}")"
exec {lock}>"$cache/import.lock"
flock "$lock"
[[ -d "$cached" ]] || build_cached "$cached"
printf '%s\n' "$cached"
