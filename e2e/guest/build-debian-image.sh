#!/usr/bin/env bash
# Builds a real Debian 12 system image for the tests: build-debian-image.sh OUT_FILE.qcow2
#
# A 4 GiB MBR disk with one ext4 file system, about 600 MB of it used, bootable by extlinux with a login on ttyS0 (root,
# no password); an uncompressed qcow2.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=e2e/guest/lib.sh
. "$here/lib.sh"

readonly DISK_BYTES=$((4 << 30))
readonly MIRROR=http://deb.debian.org/debian
readonly PACKAGES=linux-image-cloud-amd64,initramfs-tools,systemd-sysv,dbus,udev,ifupdown,isc-dhcp-client,openssh-server,python3,git,vim,man-db,less,rsyslog,cron,iproute2,iputils-ping,curl,ca-certificates,locales

# Installs Debian into a tarball: as root directly, otherwise in a user namespace.
bootstrap() {
    # shellcheck disable=SC2016  # it is mmdebstrap that hands $1, the new root, to the hooks
    mmdebstrap --quiet --variant=important --include="$PACKAGES" \
        --customize-hook='printf "dvcr-guest\n" >"$1/etc/hostname"' \
        --customize-hook='printf "/dev/vda1 / ext4 errors=remount-ro 0 1\n" >"$1/etc/fstab"' \
        --customize-hook='sed -i "s/^root:[^:]*:/root::/" "$1/etc/shadow"' \
        --customize-hook='mkdir -p "$1/boot/extlinux"' \
        --customize-hook='printf "SERIAL 0 115200\nDEFAULT debian\nLABEL debian\n  LINUX /vmlinuz\n  INITRD /initrd.img\n  APPEND root=/dev/vda1 console=ttyS0,115200\n" >"$1/boot/extlinux/extlinux.conf"' \
        bookworm "$1" "$MIRROR" >&2 || fail "mmdebstrap failed"
}

# Unpacks the tarball and makes the file system of it. Without root, fakeroot keeps the owners; it forgets them when it
# ends, and passes no shell functions on, so that one new shell does both.
make_filesystem() {
    local tarball=$1 tree=$2 out=$3 pretend=()
    ((EUID == 0)) || pretend=(fakeroot)
    # shellcheck disable=SC2016  # the new shell expands these
    "${pretend[@]}" bash -euc '. "$1" && mkdir "$3" && tar -C "$3" --numeric-owner -xf "$2" && make_ext4 "$3" "$4" "$5"' -- \
        "$here/lib.sh" "$tarball" "$tree" "$out" $((DISK_BYTES - PARTITION_START * SECTOR))
}

# Builds the image into the cache, under its name only when it is complete.
build() {
    local cached=$1
    ensure_run_packages
    ensure_test_packages
    work=$(mktemp -d "$DVCR_E2E_CACHE/debian.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    bootstrap "$work/debian.tar"
    make_filesystem "$work/debian.tar" "$work/tree" "$work/ext4"
    make_mbr_disk "$work/ext4" "$work/disk.raw" "$DISK_BYTES"
    install_extlinux "$work/disk.raw" /boot/extlinux
    qemu-img convert -f raw -O qcow2 "$work/disk.raw" "$work/debian.qcow2"
    rm -f "$DVCR_E2E_CACHE"/debian-*.qcow2
    mv "$work/debian.qcow2" "$cached"
}

(($# == 1)) || fail "usage: ${0##*/} OUT_FILE.qcow2"
mkdir -p "$(dirname "$1")" "$DVCR_E2E_CACHE"
cached="$DVCR_E2E_CACHE/debian-$(recipe_key "$here/lib.sh" "$here/init" "${BASH_SOURCE[0]}").qcow2"
exec {lock}>"$DVCR_E2E_CACHE/debian.lock"
flock "$lock"
[[ -f "$cached" ]] || build "$cached"
deliver "$cached" "$1"
