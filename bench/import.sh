#!/usr/bin/env bash
# Measures imports of one disk in every format, beside what others do with the same file on the same machine: fetch it to
# scratch, unpack it, convert it to raw with qemu-img, push that to docker-registry. Prints medians, their ratios and which
# bars are met.
#
#   bench/import.sh [--rounds N] [--format FILE]... [--no-peer] [--huge]
#
# FILE is one of the names below. --huge imports a disk of 100 GiB that is nearly empty instead, which no other does within
# reason: that shows whether memory and scratch stay within their bars however large a disk is. The quickest look at one
# format is: bench/import.sh --rounds 1 --format disk.vhdx
#
# The images are built by bench/import-images.sh, which says what they are. All happens in a network namespace of its own,
# as in bench/disk.sh, whose measures these are.
set -euo pipefail
readonly ARGUMENTS=("$@")
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=deploy/host/install.sh
. "$ROOT/deploy/host/install.sh"
# shellcheck source=bench/lib.sh
. "$ROOT/bench/lib.sh"
# shellcheck source=bench/disk-lib.sh
. "$ROOT/bench/disk-lib.sh"

readonly ALL_FORMATS=(
    disk.raw disk.iso disk.qcow2 disk-zlib.qcow2 disk-zstd.qcow2 disk.vmdk disk-stream.vmdk disk.vdi disk.vhd disk.vhdx
    disk.raw.gz disk.raw.xz disk.raw.zst disk.raw.bz2 disk.ova
)
readonly HUGE_FORMATS=(huge.raw.zst huge.qcow2 huge.vmdk huge.vhdx)
ROUNDS=${ROUNDS:-5} FORMATS=() PEER=yes ALL=("${ALL_FORMATS[@]}")

while (($# > 0)); do
    case "$1" in
        --rounds) ROUNDS=$2 && shift 2 ;;
        --format) FORMATS+=("$2") && shift 2 ;;
        --no-peer) PEER='' && shift ;;
        --huge) PEER='' ALL=("${HUGE_FORMATS[@]}") && shift ;;
        *) fail "unknown option $1; the head of this file says what there is" ;;
    esac
done
((${#FORMATS[@]} > 0)) || FORMATS=("${ALL[@]}")

# --- DVCR ---

# Imports the file named $1 into an empty registry.
run_dvcr() {
    local name=$1
    begin_dvcr
    measure_dvcr "$name" import "$WEB/$name" bench/disk:1
    record "$name" dvcr work "$(sum "$(tail -n 1 "$WORK/$name.dvcr.cpu")" "$(tail -n 1 "$WORK/$name.dvcr.client")")"
    record "$name" source extra "$(sum "$(stat -c %s "$IMAGES/$name")/1048576")" # as it is served, holes and all
    end_dvcr
}

# --- what others do ---

# Makes disk.raw, in the directory of others, of the file named $1 there; what else that leaves behind lies beside it.
unpack_by_others() {
    local file=$WORK/others/$1 raw=$WORK/others/disk.raw
    case "$1" in
        *.raw | *.iso) [[ "$file" == "$raw" ]] || ln "$file" "$raw" ;;
        *.gz) gzip -dc "$file" >"$raw" ;;
        *.xz) xz -dc -T 0 "$file" >"$raw" ;;
        *.zst) zstd -qdc "$file" >"$raw" ;;
        *.bz2) bzip2 -dc "$file" >"$raw" ;;
        *.ova) tar -C "$WORK/others" -xf "$file" disk-stream.vmdk && to_raw vmdk "$WORK/others/disk-stream.vmdk" ;;
        *.vhd) to_raw vpc "$file" ;;
        *) to_raw "${1##*.}" "$file" ;;
    esac
}

# Makes disk.raw of the file $2, whose format QEMU calls $1.
to_raw() {
    qemu-img convert -f "$1" -O raw "$2" "$WORK/others/disk.raw"
}

# Seconds of CPU that the peer and what this script has run and seen end have used so far.
others_cpu_seconds() {
    sum "$(cpu_seconds peer)" "$(children_cpu_seconds)"
}

# Sets the variables $1 and $2 to the seconds, and those of CPU, that a command of others takes.
spent() {
    local -n cpu_taken=$2
    local wall_name=$1 before
    shift 2
    before=$(others_cpu_seconds)
    timed "$wall_name" "$@"
    cpu_taken=$(awk -v a="$before" -v b="$(others_cpu_seconds)" 'BEGIN { print b - a }')
}

fetch_and_unpack() {
    fetch "$1"
    unpack_by_others "$1"
}

# Notes five times a second how much all that this script runs has in memory, in KiB.
watch_others() {
    set +o pipefail
    while sleep 0.2; do
        printf '0 %s\n' "$(ps --ppid $$ -o rss= | awk '{ sum += $1 } END { print sum + 0 }')"
    done >"$WORK/watched"
}

# Imports the file named $1. What is pushed is the same for all but the optical disc, so it is pushed once a round, with the
# first file, and counts for all.
run_others() {
    local name=$1 prepared prepared_cpu kind=disk watch
    [[ "$name" != *.iso ]] || kind=iso
    watch_others &
    watch=$!
    STARTED+=("$watch")
    spent prepared prepared_cpu fetch_and_unpack "$name"
    if [[ -z "${PUSHED[$kind]:-}" ]]; then
        local pushed pushed_cpu
        spent pushed pushed_cpu hash_and_push "$WORK/others/disk.raw"
        PUSHED[$kind]=$pushed PUSHED_CPU[$kind]=$pushed_cpu
    fi
    kill "$watch"
    wait "$watch" 2>/dev/null || true
    record "$name" others wall "$(sum "$prepared" "${PUSHED[$kind]}")"
    record "$name" others work "$(sum "$prepared_cpu" "${PUSHED_CPU[$kind]}")"
    record "$name" others memory "$(sum "$(most 2)/1024")"
    record "$name" others extra "$(mebibytes "$WORK/others")"
    rm "$WORK/others"/*
}

# --- the table ---

# The decoding of xz and bz2 rules, which is the same for all.
wall_bar() {
    case "$1" in *.xz | *.bz2) printf '<=1\n' ;; *) printf '<=0.6\n' ;; esac
}

rows() {
    row "$1" "$1" wall 's, others' "${PEER:+$(wall_bar "$1")}" others
    row "$1" '' work 'CPU s, others' '' others
    row "$1" '' memory 'peak RSS MiB, others' '=<=512' others
    row "$1" '' extra 'extra MiB of disk, the source' '<=1' source
    [[ -z "$PEER" ]] || row "$1" '' extra 'extra MiB of disk, others' '' others
}

ensure_java25 >/dev/null
ensure_packages curl openssl iproute2 procps qemu-utils xz-utils zstd gzip bzip2 busybox-static
IMAGES=$("$ROOT/bench/import-images.sh")
PEER_DIR=$(ensure_docker_registry "${DVCR_BENCH_CACHE:-$HOME/.cache/dvcr-bench}")
PEER_DIR=${PEER_DIR%/usr/bin/docker-registry}
"$ROOT/dvcr" version >/dev/null # builds first if need be, which takes the network
in_own_network "${BASH_SOURCE[0]}" "${ARGUMENTS[@]}"
begin_bench
chmod 0755 "$WORK"
start_web_server "$IMAGES"
for name in "${FORMATS[@]}"; do cat "$IMAGES/$name" >/dev/null; done # for all alike, they are in the page cache

for ((round = 1; round <= ROUNDS; round++)); do
    declare -A PUSHED=() PUSHED_CPU=()
    for name in "${FORMATS[@]}"; do
        printf 'round %d of %d: %s\n' "$round" "$ROUNDS" "$name" >&2
        run_dvcr "$name"
    done
    [[ -n "$PEER" ]] || continue
    begin_others
    for name in "${FORMATS[@]}"; do
        printf 'round %d of %d: %s, others\n' "$round" "$ROUNDS" "$name" >&2
        run_others "$name"
    done
    end_others
done

printf '\n%s\nmedians of %d, %d cores; docker-registry of Debian, %s\n\n' \
    "$("$ROOT/dvcr" version)" "$ROUNDS" "$(nproc)" "$(qemu-img --version | head -n 1)"
table_head
for name in "${FORMATS[@]}"; do rows "$name"; done
