# shellcheck shell=bash
# What both image builders share. Sourced; defines functions and constants only.
#
# What is missing is installed. Nothing here mounts a file system on the host or needs root: file systems are filled by mke2fs -d, and extlinux, which
# insists on a mounted file system, runs in a QEMU machine of its own.

export DVCR_E2E_CACHE=${DVCR_E2E_CACHE:-$HOME/.cache/dvcr-e2e}
export SOURCE_DATE_EPOCH=1704067200
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
readonly SECTOR=512
readonly PARTITION_START=2048
GUEST_SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly GUEST_SOURCE
# Disk and CD-ROM drivers come before the controllers that find the devices: loading a controller waits for its scan.
readonly MODULES=(sd_mod sr_mod isofs ext4 virtio_pci virtio_blk virtio_scsi virtio_net virtio_console ahci ata_piix evdev button)

# shellcheck source=deploy/host/install.sh
. "$GUEST_SOURCE/../../deploy/host/install.sh"

# Prints a key for what these scripts make, so that a changed script does not get yesterday's images.
recipe_key() {
    cat "$@" | sha256sum | cut -c1-16
}

# Copies images out of the cache, sharing blocks where the file system can; never leaves half a file under its name.
deliver() {
    local from=$1 to=$2
    cp --reflink=auto --sparse=always "$from" "$to.part.$$"
    mv "$to.part.$$" "$to"
}

# Prints a directory with Debian's kernel (vmlinuz) and all its modules (lib/modules), unpacked from the package.
kernel_dir() {
    local dir="$DVCR_E2E_CACHE/kernel" package part
    if [[ ! -d "$dir" ]]; then
        apt_knows linux-image-amd64 || apt_update_once
        package=$(apt-cache depends linux-image-amd64 2>/dev/null | sed -n 's/^ *Depends: //p')
        [[ -n "$package" ]] || fail "apt knows no linux-image-amd64: run 'apt-get update'"
        part=$(mktemp -d "$DVCR_E2E_CACHE/kernel.XXXXXX")
        (cd "$part" && apt-get -qq -o APT::Sandbox::User= download "$package" >&2) || fail "cannot download $package"
        dpkg-deb -x "$part"/*.deb "$part/unpacked"
        mv "$part"/unpacked/boot/vmlinuz-* "$part/unpacked/vmlinuz"
        mv -T "$part/unpacked" "$dir" 2>/dev/null || [[ -d "$dir" ]] # the other builder may have been quicker
        rm -rf "$part"
    fi
    printf '%s\n' "$dir"
}

# Copies the named modules and all they depend on into an initramfs tree, and indexes them for modprobe.
copy_modules() {
    local kernel=$1 root=$2 release file
    shift 2
    release=$(basename "$kernel"/lib/modules/*)
    depmod -b "$kernel" "$release"
    modprobe -d "$kernel" -S "$release" -a --show-depends "$@" | sed -n 's/^insmod \([^ ]*\).*/\1/p' | sort -u |
        while IFS= read -r file; do
            install -D -m 0644 "$file" "$root/lib/modules/$release/${file##*"/$release/"}"
        done
    cp "$kernel/lib/modules/$release"/modules.{order,builtin,builtin.modinfo} "$root/lib/modules/$release/"
    depmod -b "$root" "$release"
}

# Packs a tree as an initramfs that is the same for the same tree.
pack_initramfs() {
    local root=$1 out=$2
    find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    (cd "$root" && find . -print0 | sort -z | cpio -0 -o -H newc -R 0:0 --reproducible --quiet) | gzip -9n >"$out"
}

# Makes an initramfs with e2e/guest/init and the programs named last: the guest, or, with extlinux, what installs that.
make_initramfs() {
    local kernel=$1 out=$2 root program library
    shift 2
    root=$(mktemp -d "$out.XXXXXX")
    chmod 0755 "$root"
    mkdir -p "$root/bin"
    install -m 0755 "$(command -v busybox)" "$root/bin/busybox"
    install -m 0755 "$GUEST_SOURCE/init" "$root/init"
    install -m 0755 "$GUEST_SOURCE/agent" "$root/bin/agent"
    install -D -m 0644 /dev/stdin "$root/etc/os-release" <<<$'ID=dvcr-guest\nPRETTY_NAME="DVCR test guest"'
    printf '%s\n' "${MODULES[@]}" >"$root/modules"
    copy_modules "$kernel" "$root" "${MODULES[@]}" efivarfs
    for program in "$@"; do
        install -m 0755 "$program" "$root/bin/"
        for library in $(ldd "$program" | grep -o '/[^ ]*'); do
            install -D -m 0755 "$library" "$root$library"
        done
    done
    pack_initramfs "$root" "$out"
    rm -rf "$root"
}

# Makes a file system image from a directory. extlinux cannot read 64-bit ext4, so that is switched off.
make_ext4() {
    local tree=$1 out=$2 bytes=$3
    shift 3
    rm -f "$out"
    truncate -s "$bytes" "$out"
    E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH mke2fs -q -F -t ext4 -O ^64bit,^metadata_csum -m 0 \
        -U 7c1f0a52-2b0e-4d0e-9a53-64766372000a -E hash_seed=7c1f0a52-2b0e-4d0e-9a53-64766372000b,lazy_itable_init=0 \
        "$@" -d "$tree" "$out"
}

# Puts a file system into the one, active partition of an MBR disk whose boot code is extlinux's.
make_mbr_disk() {
    local filesystem=$1 disk=$2 bytes=$3
    rm -f "$disk"
    truncate -s "$bytes" "$disk"
    sfdisk -q "$disk" <<<"label: dos
label-id: 0x64766372
start=$PARTITION_START, type=83, bootable"
    dd if=/usr/lib/EXTLINUX/mbr.bin of="$disk" bs=440 count=1 conv=notrunc status=none
    dd if="$filesystem" of="$disk" bs=1M seek="$((PARTITION_START * SECTOR))" oflag=seek_bytes conv=notrunc,sparse status=none
}

# Makes a GPT disk whose one partition is an EFI system partition with kernel and initramfs. Debian's signed boot loaders
# boot it with secure boot and without.
make_efi_disk() {
    local kernel=$1 initramfs=$2 options=$3 disk=$4 bytes=$5 esp="$4.esp" shim grub
    local sectors=$((bytes / SECTOR - 2 * PARTITION_START))
    shim=$(unpacked_package "$DVCR_E2E_CACHE" shim-signed)/usr/lib/shim/shimx64.efi.signed
    grub=$(unpacked_package "$DVCR_E2E_CACHE" grub-efi-amd64-signed)/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed
    rm -f "$disk" "$esp"
    mformat -C -i "$esp" -T "$sectors" -h 64 -s 32 -v DVCR_ESP ::
    mmd -i "$esp" ::/EFI ::/EFI/BOOT ::/EFI/debian
    mcopy -i "$esp" "$shim" ::/EFI/BOOT/BOOTX64.EFI
    mcopy -i "$esp" "$grub" ::/EFI/BOOT/grubx64.efi
    mcopy -i "$esp" "$kernel" ::/vmlinuz
    mcopy -i "$esp" "$initramfs" ::/initramfs
    printf 'linux /vmlinuz %s\ninitrd /initramfs\nboot\n' "$options" | mcopy -i "$esp" - ::/EFI/debian/grub.cfg
    truncate -s "$bytes" "$disk"
    sfdisk -q "$disk" <<<"label: gpt
label-id: 7C1F0A52-2B0E-4D0E-9A53-64766372000C
start=$PARTITION_START, size=$sectors, type=U, uuid=7C1F0A52-2B0E-4D0E-9A53-64766372000D"
    dd if="$esp" of="$disk" bs=1M seek="$((PARTITION_START * SECTOR))" oflag=seek_bytes conv=notrunc,sparse status=none
    rm "$esp"
}

# Makes a disk bootable: a small machine mounts its first partition and runs extlinux --install in the named folder.
install_extlinux() {
    local disk=$1 folder=$2 kernel log
    kernel=$(kernel_dir)
    make_initramfs "$kernel" "$disk.installer" "$(command -v extlinux)"
    log=$(timeout 300 qemu-system-x86_64 -M q35 -accel tcg -cpu max -m 256 -nodefaults -display none -no-reboot \
        -serial stdio -rtc base=2024-01-01 -kernel "$kernel/vmlinuz" -initrd "$disk.installer" \
        -append "console=ttyS0 quiet panic=-1 dvcr.extlinux=$folder" \
        -drive "file=$disk,format=raw,if=virtio,cache=unsafe,discard=unmap" </dev/null 2>&1) || true
    rm "$disk.installer"
    [[ "$log" == *EXTLINUX-INSTALLED* ]] || fail "extlinux was not installed: $log"
}
