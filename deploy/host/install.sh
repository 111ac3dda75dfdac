# shellcheck shell=bash
# What a fresh Debian 12 or 13 lacks to build, run and test DVCR. Sourced; defines functions only.
#
# Every ensure_* function is silent and quick when nothing is missing, and works as root or through sudo.

# Prints an error on one line and ends the script that sourced this file.
fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# Tells what is being done; on stderr, because some functions print their result on stdout.
say() {
    printf '%s\n' "$*" >&2
}

# Runs a command as root: package installation and the libvirt daemon are all that needs it.
as_root() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "root is needed for '$*': run this as root, or install sudo"
    fi
}

# Runs one quiet apt-get command; its output is shown only when it fails.
apt_get() {
    local output
    ((EUID == 0)) || command -v sudo >/dev/null || fail "root is needed for 'apt-get $*': run this as root, or install sudo"
    command -v apt-get >/dev/null || fail "this is not Debian: install by hand what 'apt-get $*' would"
    if ! output=$(as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@" 2>&1); then
        printf '%s\n' "$output" >&2
        fail "'apt-get $*' failed, see above"
    fi
}

# Refreshes the package lists, once a process at most.
apt_update_once() {
    [[ -z "${dvcr_apt_updated:-}" ]] || return 0
    apt_get update
    dvcr_apt_updated=yes
}

# Prints those of the named packages that are not installed.
missing_packages() {
    local installed name
    installed=" $(dpkg-query -W -f='${db:Status-Status}=${Package} ' "$@" 2>/dev/null || true) "
    for name in "$@"; do
        [[ "$installed" == *" installed=$name "* ]] || printf '%s\n' "$name"
    done
}

# Installs those of the named packages that are missing.
ensure_packages() {
    local missing=()
    command -v dpkg-query >/dev/null || fail "this is not Debian: install by hand what provides: $*"
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]} > 0)) || return 0
    say "installing: ${missing[*]}"
    apt_update_once
    apt_get install -y --no-install-recommends "${missing[@]}"
}

# Says whether a directory holds a JDK 25; reads the release file without starting anything.
is_jdk25() {
    local line
    [[ -x "$1/bin/javac" && -r "$1/release" ]] || return 1
    while IFS= read -r line; do
        [[ "$line" != 'JAVA_VERSION="25'[.\"]* ]] || return 0
    done <"$1/release"
    return 1
}

# Prints the home of a JDK 25: $JAVA_HOME if it is one, else one of /usr/lib/jvm; fails if there is none.
find_java25() {
    local home
    for home in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
        if [[ -n "$home" ]] && is_jdk25 "$home"; then
            printf '%s\n' "$home"
            return 0
        fi
    done
    return 1
}

# Says whether apt could install a package now.
apt_knows() {
    [[ "$(apt-cache policy "$1" 2>/dev/null)" == *'Candidate: '[0-9]* ]]
}

# Adds Adoptium's apt repository: Debian 12 itself has no JDK 25.
add_adoptium_repository() {
    local codename keyring=/etc/apt/keyrings/adoptium.asc list=/etc/apt/sources.list.d/adoptium.list key
    # shellcheck source=/dev/null
    codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
    ensure_packages ca-certificates curl
    key=$(curl -fsSL --retry 3 https://packages.adoptium.net/artifactory/api/gpg/key/public) ||
        fail "no JDK 25 in Debian's archive, and packages.adoptium.net cannot be reached: install one and set JAVA_HOME"
    as_root install -d -m 0755 "${keyring%/*}"
    as_root tee "$keyring" >/dev/null <<<"$key"
    as_root tee "$list" >/dev/null <<<"deb [signed-by=$keyring] https://packages.adoptium.net/artifactory/deb $codename main"
    apt_get update
}

# Makes sure that there is a JDK 25 and exports it as JAVA_HOME.
ensure_java25() {
    if ! JAVA_HOME=$(find_java25); then
        unset JAVA_HOME
        apt_knows openjdk-25-jdk-headless || apt_update_once
        if apt_knows openjdk-25-jdk-headless; then
            ensure_packages openjdk-25-jdk-headless
        else
            add_adoptium_repository
            ensure_packages temurin-25-jdk
        fi
        JAVA_HOME=$(find_java25) || fail "JDK 25 was installed but is not under /usr/lib/jvm"
    fi
    export JAVA_HOME
}

# Makes sure that there is a Maven, whoever installed it.
ensure_maven() {
    command -v mvn >/dev/null || ensure_packages maven
}

# What './dvcr up' needs: qemu-img, QEMU with its firmware, libvirt, xorriso for what sets guests up, curl and prlimit.
ensure_run_packages() {
    ensure_packages qemu-utils qemu-system-x86 qemu-system-common seabios ovmf ipxe-qemu xorriso \
        libvirt0 libvirt-daemon-system libvirt-clients curl ca-certificates util-linux
}

# What './check' needs beyond that: real clients, a real S3 server, and the tools that build guest images.
ensure_test_packages() {
    [[ "$(dpkg --print-architecture)" == amd64 ]] || fail "the test guests are x86 and are built from amd64 packages"
    ensure_packages skopeo podman fuse-overlayfs uidmap extlinux isolinux syslinux-common \
        busybox-static cpio e2fsprogs fdisk mtools mmdebstrap fakeroot zstd xz-utils gzip bzip2 kmod \
        ceph-mon ceph-osd radosgw ceph-common
}

# Writes an apt configuration that sees Debian 13 only and keeps all its state under a directory.
private_apt_config() {
    local dir=$1
    mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial" "$dir/empty"
    : >"$dir/status"
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie main\n' >"$dir/sources.list"
    cat >"$dir/apt.conf" <<CONFIG
Dir::Etc::SourceList "$dir/sources.list";
Dir::Etc::SourceParts "$dir/empty";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "$dir/empty";
Dir::State "$dir";
Dir::State::Lists "$dir/lists";
Dir::State::Status "$dir/status";
Dir::Cache "$dir/cache";
APT::Sandbox::User "";
Acquire::Languages "none";
CONFIG
}

# Puts the oras of Debian 13 (bookworm has none) into a directory and prints its path; the system is not touched.
ensure_oras() {
    local dir=$1 apt
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd)
    if [[ ! -x "$dir/oras" ]]; then
        say "fetching oras from Debian 13"
        apt="$dir/oras-apt"
        private_apt_config "$apt"
        APT_CONFIG="$apt/apt.conf" apt-get -qq update >&2
        (cd "$apt" && APT_CONFIG="$apt/apt.conf" apt-get -qq download oras >&2)
        dpkg-deb --fsys-tarfile "$apt"/oras_*.deb | tar -xO ./usr/bin/oras >"$dir/oras.part"
        chmod 0755 "$dir/oras.part"
        mv "$dir/oras.part" "$dir/oras"
        rm -rf "$apt"
    fi
    printf '%s\n' "$dir/oras"
}

# Puts Debian's docker-registry, another registry to push to, into a directory and prints its path; the system is not
# touched.
ensure_docker_registry() {
    printf '%s\n' "$(unpacked_package "$1" docker-registry)/usr/bin/docker-registry"
}

# Puts Debian's containerd, which pulls by mirrors, into a directory and prints where its programs are; the system is not
# touched.
ensure_containerd() {
    printf '%s\n' "$(unpacked_package "$1" containerd)/usr/bin"
}

# Unpacks package $2 of Debian into a directory of its own below $1, and prints that.
unpacked_package() {
    local dir
    mkdir -p "$1"
    dir=$(cd "$1" && pwd)/$2
    if [[ ! -f "$dir/complete" ]]; then
        say "fetching $2 from Debian"
        rm -rf "$dir"
        mkdir -p "$dir"
        apt_update_once
        (cd "$dir" && apt-get -qq download "$2" >&2 && dpkg-deb -x "$2"_*.deb .)
        touch "$dir/complete"
    fi
    printf '%s\n' "$dir"
}

# Puts tus-js-client, a client of resumable uploads, into a directory and prints its path; node and npm come from Debian
# unless there are others.
ensure_tus_client() {
    local dir version=4.3.1
    mkdir -p "$1"
    dir=$(cd "$1" && pwd)/tus-js-client-$version
    command -v node >/dev/null || ensure_packages nodejs
    if [[ ! -f "$dir/complete" ]]; then
        command -v npm >/dev/null || ensure_packages npm
        say "fetching tus-js-client $version from npm"
        rm -rf "$dir"
        npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$dir" "tus-js-client@$version" >&2
        touch "$dir/complete"
    fi
    printf '%s\n' "$dir/node_modules/tus-js-client"
}

# Prints the libvirt this user may use: the system's for root and the group libvirt, else the user's own session.
libvirt_uri() {
    if ((EUID == 0)) || [[ " $(id -nG) " == *" libvirt "* ]]; then
        printf 'qemu:///system\n'
    else
        printf 'qemu:///session\n'
    fi
}

# Says whether libvirt answers.
libvirt_answers() {
    virsh -q -c "$1" uri >/dev/null 2>&1
}

# Gives /dev/kvm the group and mode that udev would, where no udev runs: while libvirt's QEMU user cannot open what
# libvirt itself can, libvirt probes QEMU anew at every call, which takes seconds each time.
ensure_kvm_access() {
    [[ -c /dev/kvm && ! -d /run/udev && "$(stat -c %G /dev/kvm)" != kvm ]] || return 0
    getent group kvm >/dev/null || return 0
    as_root chgrp kvm /dev/kvm
    as_root chmod 0660 /dev/kvm
}

# Starts libvirt where systemd runs: the one daemon if the host has it, else the modular one for QEMU.
start_libvirt_units() {
    local unit
    for unit in libvirtd.service virtqemud.service; do
        if systemctl cat "$unit" >/dev/null 2>&1; then
            as_root systemctl start "$unit" || fail "systemd could not start $unit: see 'journalctl -u $unit'"
            return 0
        fi
    done
    fail "no libvirt daemon is installed"
}

# Starts one daemon by hand unless it runs, for hosts (containers, mostly) without systemd.
start_daemon() {
    local name=$1 path pid=none
    path=$(PATH="$PATH:/usr/sbin:/sbin" command -v "$name") || return 1
    [[ ! -r "/run/$name.pid" ]] || pid=$(<"/run/$name.pid")
    [[ -d "/proc/$pid" ]] || as_root "$path" -d
}

# Starts libvirt's daemons by hand.
start_libvirt_daemons() {
    start_daemon virtlogd || fail "virtlogd could not be started"
    start_daemon libvirtd || start_daemon virtqemud || fail "neither libvirtd nor virtqemud could be started"
}

# Makes sure that libvirt answers, and waits until it does; a user's own session starts itself.
ensure_libvirt_running() {
    local uri attempt
    uri=$(libvirt_uri)
    [[ "$uri" == qemu:///system ]] || return 0
    ensure_kvm_access
    ! libvirt_answers "$uri" || return 0
    say "starting libvirt"
    if [[ -d /run/systemd/system ]]; then
        start_libvirt_units
    else
        start_libvirt_daemons
    fi
    for ((attempt = 0; attempt < 120; attempt++)); do
        ! libvirt_answers "$uri" || return 0
        sleep 0.25
    done
    fail "libvirt did not answer at $uri within 30 s: $(virsh -c "$uri" uri 2>&1 | tail -n 1)"
}
