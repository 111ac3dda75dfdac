#!/usr/bin/env bash
# Builds the small guest of the tests from Debian's packages: build-boot-disk.sh OUT_DIR
#
# Makes guest.raw (64 MiB, MBR, ext4, extlinux), guest.qcow2 (the same disk), guest.iso (ISOLINUX) and guest-efi.raw (64
# MiB, GPT, shim and GRUB, signed). Each boots Debian's kernel with a busybox initramfs, which tells on ttyS0 what disks it
# sees (DISK name bytes rw|ro), then prints GUEST-UP, offers a shell, in which the agent answers (see there), and switches
# itself off when the power button is pressed. Where the machine has a channel for it, QEMU's guest agent runs.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=e2e/guest/lib.sh
. "$here/lib.sh"

readonly DISK_BYTES=$((64 << 20))
readonly CONSOLE='console=ttyS0,115200 quiet loglevel=3 panic=-1'

# Makes the disk: a partition with kernel, initramfs and the boot loader's configuration.
make_disk() {
    local out=$1 tree="$work/tree"
    mkdir -p "$tree/boot/extlinux"
    cp "$work/vmlinuz" "$work/initramfs" "$tree/boot/"
    printf 'SERIAL 0 115200\nDEFAULT guest\nLABEL guest\n  LINUX /boot/vmlinuz\n  INITRD /boot/initramfs\n  APPEND %s\n' \
        "$CONSOLE" >"$tree/boot/extlinux/extlinux.conf"
    find "$tree" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
    make_ext4 "$tree" "$work/ext4" $((DISK_BYTES - PARTITION_START * SECTOR)) -O ^has_journal -E root_owner=0:0
    make_mbr_disk "$work/ext4" "$out" "$DISK_BYTES"
    install_extlinux "$out" /boot/extlinux
}

# Makes the bootable CD-ROM with the same kernel and initramfs.
make_iso() {
    local out=$1 tree="$work/iso"
    mkdir -p "$tree/isolinux" "$tree/boot"
    cp "$work/vmlinuz" "$work/initramfs" "$tree/boot/"
    cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 "$tree/isolinux/"
    printf 'SERIAL 0 115200\nDEFAULT guest\nLABEL guest\n  KERNEL /boot/vmlinuz\n  INITRD /boot/initramfs\n  APPEND %s\n' \
        "$CONSOLE" >"$tree/isolinux/isolinux.cfg"
    find "$tree" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
    xorriso -as mkisofs -quiet -o "$out" -V DVCR_GUEST -J -r -b isolinux/isolinux.bin -c isolinux/boot.cat \
        -no-emul-boot -boot-load-size 4 -boot-info-table "$tree" 2>"$work/xorriso.log" ||
        fail "xorriso failed: $(tail -n 3 "$work/xorriso.log")"
}

# Builds all images into a directory of the cache that appears only when it is complete.
build() {
    local cached=$1 kernel
    ensure_run_packages
    ensure_test_packages
    kernel=$(kernel_dir)
    work=$(mktemp -d "$DVCR_E2E_CACHE/boot-disk.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    mkdir "$work/out"
    cp "$kernel/vmlinuz" "$work/vmlinuz"
    make_initramfs "$kernel" "$work/initramfs" "$(unpacked_package "$DVCR_E2E_CACHE" qemu-guest-agent)/usr/sbin/qemu-ga"
    make_disk "$work/out/guest.raw"
    make_efi_disk "$work/vmlinuz" "$work/initramfs" "$CONSOLE" "$work/out/guest-efi.raw" "$DISK_BYTES"
    qemu-img convert -f raw -O qcow2 "$work/out/guest.raw" "$work/out/guest.qcow2"
    make_iso "$work/out/guest.iso"
    rm -rf "$DVCR_E2E_CACHE"/boot-disk-*
    mv -T "$work/out" "$cached"
}

(($# == 1)) || fail "usage: ${0##*/} OUT_DIR"
mkdir -p "$1" "$DVCR_E2E_CACHE"
cached="$DVCR_E2E_CACHE/boot-disk-$(recipe_key "$here/lib.sh" "$here/init" "$here/agent" "${BASH_SOURCE[0]}")"
exec {lock}>"$DVCR_E2E_CACHE/boot-disk.lock"
flock "$lock"
[[ -d "$cached" ]] || build "$cached"
for image in guest.raw guest.qcow2 guest.iso guest-efi.raw; do
    deliver "$cached/$image" "$1/$image"
done
