#!/usr/bin/env bash
# Builds the disk images that bench/disk.sh measures with, once, and prints the directory they are in.
#
# A is the Debian 12 disk of the tests; B that disk after "apt-get upgrade" in place, with Debian's updates and security
# updates, trimmed; C the system of B on a new file system. a.qcow2, a-zlib.qcow2, a.raw and a.raw.xz are A as publishers
# give it away, b.qcow2 and c.qcow2 the others, and a-zstd.qcow2, b-zstd.qcow2, c-zstd.qcow2 what those keep who recompress.
# Building them takes root, because B and C are mounted.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=e2e/guest/lib.sh
. "$here/../e2e/guest/lib.sh"

readonly DEBIAN_IMAGE="$here/../e2e/guest/build-debian-image.sh"
readonly NEW_UUID=3d0f2c9e-6a41-4b7c-8f12-51c7b9d2e840 NEW_HASH_SEED=3d0f2c9e-6a41-4b7c-8f12-51c7b9d2e841
readonly UPDATES='deb http://deb.debian.org/debian bookworm-updates main
deb http://deb.debian.org/debian-security bookworm-security main'

# Runs a function of this script in a mount namespace of its own, so that nothing stays mounted however it ends.
with_mounts() {
    unshare --mount --propagation private "${BASH_SOURCE[0]}" "$@"
}

# Mounts the partition of the raw disk $1 with the options $2; sets root.
mount_system() {
    root=$1.mounted
    mkdir -p "$root"
    mount -t ext4 -o "$2,loop,offset=$((PARTITION_START * SECTOR))" "$1" "$root"
}

unmount_system() {
    umount -R "$root"
    rmdir "$root"
}

# Upgrades the system on the raw disk $1, as whoever administers it does. What apt fetches for that passes through
# memory, no service is started, and the blocks that have become free are given back.
upgrade_in_place() {
    local dir
    mount_system "$1" rw
    mount -t proc proc "$root/proc"
    mount --bind /dev "$root/dev"
    for dir in /run /tmp /var/lib/apt/lists /var/cache/apt; do mount -t tmpfs tmpfs "$root$dir"; done
    mkdir -p "$root/var/lib/apt/lists/partial" "$root/var/cache/apt/archives/partial"
    touch "$root/etc/resolv.conf"
    mount --bind /etc/resolv.conf "$root/etc/resolv.conf"
    printf '%s\n' "$UPDATES" >"$root/etc/apt/sources.list.d/updates.list"
    install -m 0755 /dev/stdin "$root/usr/sbin/policy-rc.d" <<<$'#!/bin/sh\nexit 101'
    in_system apt-get -qq update
    in_system apt-get -qq -y -o Dpkg::Options::=--force-confold upgrade
    rm "$root/usr/sbin/policy-rc.d"
    sync
    fstrim "$root"
    unmount_system
}

# Runs a command in the mounted system.
in_system() {
    DEBIAN_FRONTEND=noninteractive chroot "$root" "$@" >&2
}

# Makes the raw disk $2 anew, of the files on the raw disk $1.
rebuild() {
    mount_system "$1" ro
    make_ext4 "$root" "$2.ext4" $(($(stat -c %s "$1") - PARTITION_START * SECTOR)) \
        -U "$NEW_UUID" -E "hash_seed=$NEW_HASH_SEED,lazy_itable_init=0"
    make_mbr_disk "$2.ext4" "$2" "$(stat -c %s "$1")"
    unmount_system
    rm "$2.ext4"
    install_extlinux "$2" /boot/extlinux
}

# Builds all images into the directory $1.
build() {
    local dir=$1 name
    "$DEBIAN_IMAGE" "$dir/a.qcow2"
    qemu-img convert -f qcow2 -O raw "$dir/a.qcow2" "$dir/a.raw"
    say "upgrading the Debian of the benchmark"
    cp --sparse=always "$dir/a.raw" "$dir/b.raw"
    with_mounts upgrade_in_place "$dir/b.raw"
    say "rebuilding it on a new file system"
    with_mounts rebuild "$dir/b.raw" "$dir/c.raw"
    say "compressing the images"
    for name in a b c; do
        [[ -f "$dir/$name.qcow2" ]] || qemu-img convert -f raw -O qcow2 "$dir/$name.raw" "$dir/$name.qcow2"
        qemu-img convert -c -f raw -O qcow2 -o compression_type=zstd "$dir/$name.raw" "$dir/$name-zstd.qcow2"
    done
    qemu-img convert -c -f raw -O qcow2 "$dir/a.raw" "$dir/a-zlib.qcow2"
    xz -T 0 -k "$dir/a.raw"
    rm "$dir/b.raw" "$dir/c.raw"
}

# Builds the images under the name $1 only when they are complete; those of older recipes go.
build_cached() {
    local cached=$1
    ((EUID == 0)) || fail "the images of the benchmark have to be built by root, which can mount them"
    ensure_run_packages
    ensure_test_packages
    work=$(mktemp -d "$cache/building.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    chmod 0755 "$work"
    build "$work"
    rm -rf "$cache"/disk-*
    mv "$work" "$cached"
}

if (($# > 0)); then
    "$@"
    exit
fi
cache=${DVCR_BENCH_CACHE:-$HOME/.cache/dvcr-bench}
mkdir -p "$cache"
cached="$cache/disk-$(recipe_key "$here/../e2e/guest/lib.sh" "$here/../e2e/guest/init" "$DEBIAN_IMAGE" "${BASH_SOURCE[0]}")"
exec {lock}>"$cache/disk.lock"
flock "$lock"
[[ -d "$cached" ]] || build_cached "$cached"
printf '%s\n' "$cached"
