#!/usr/bin/env bash
# Measures what DVCR is for: importing, pushing, pulling and storing disk images, one and its successors, beside what
# others do with the same files on the same machine. Prints medians, their ratios and which bars are met.
#
#   bench/disk.sh [--rounds N] [--only STEP]... [--format NAME]... [--no-peer]
#
# STEP is one of the names below. --format restricts the step import to a-zlib.qcow2, say; --no-peer leaves out what others
# do. So the quickest look at one import is: bench/disk.sh --rounds 1 --only import --format a.qcow2 --no-peer
#
# The images are built by bench/disk-images.sh, which says what they are; the ways of others are in bench/disk-lib.sh. All
# happens in a network namespace of its own, as in bench/registry.sh, whose counters tell how much has moved.
set -euo pipefail
readonly ARGUMENTS=("$@")
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=deploy/host/install.sh
. "$ROOT/deploy/host/install.sh"
# shellcheck source=bench/lib.sh
. "$ROOT/bench/lib.sh"
# shellcheck source=bench/disk-lib.sh
. "$ROOT/bench/disk-lib.sh"

# import: A, in each format, into an empty registry; next: B and C into the one that has A; push, pull: A, then B and C with
# what is at hand; export: A as a raw disk over HTTP.
readonly ALL_STEPS=(import next push pull export)
readonly ALL_FORMATS=(a.qcow2 a-zlib.qcow2 a.raw a.raw.xz)
ROUNDS=${ROUNDS:-5} STEPS=() FORMATS=() PEER=yes

while (($# > 0)); do
    case "$1" in
        --rounds) ROUNDS=$2 && shift 2 ;;
        --only) STEPS+=("$2") && shift 2 ;;
        --format) FORMATS+=("$2") && shift 2 ;;
        --no-peer) PEER='' && shift ;;
        *) fail "unknown option $1; the head of this file says what there is" ;;
    esac
done
((${#STEPS[@]} > 0)) || STEPS=("${ALL_STEPS[@]}")
((${#FORMATS[@]} > 0)) || FORMATS=("${ALL_FORMATS[@]}")

# --- the steps ---

run_import() {
    local name
    for name in "${FORMATS[@]}"; do
        begin_dvcr
        measure_dvcr "import.$name" import "$WEB/$name" bench/debian:a
        end_dvcr
    done
    begin_dvcr
    measure_dvcr import.plain import --no-container-disk "$WEB/${FORMATS[0]}" bench/debian:a
    end_dvcr
}

run_import_peer() {
    local name
    begin_others
    PUSHED_RAW='' PUSHED_ZSTD=''
    for name in "${FORMATS[@]}"; do import_by_others "$name"; done
    end_others
}

run_next() {
    local name
    begin_dvcr
    dvcr import "$WEB/a.qcow2" bench/debian:a
    for name in b c; do measure_dvcr "next.$name" import "$WEB/$name.qcow2" "bench/debian:$name"; done
    record next dvcr stored "$(mebibytes "$WORK/dvcr/store")"
    record next zstd stored "$(mebibytes "$IMAGES"/?-zstd.qcow2)"
    end_dvcr
}

run_push() {
    local name
    begin_dvcr
    for name in a b c; do
        measure_dvcr "push.$name" push "$IMAGES/$name.qcow2" "bench/debian:$name"
    done
    end_dvcr
}

run_push_peer() {
    begin_others
    push_by_others
    end_others
}

# Pulls A to an empty directory, B with A at hand, and C with B; the first round looks whether they are what was pushed.
# What differs is what an import stores of an image into a repository that has the one before it, and nothing else.
run_pull() {
    local name before=''
    local -A repository=([a]=bench/debian [b]=bench/debian [c]=bench/successor)
    fill_dvcr
    for name in b c; do dvcr import "$WEB/$name.qcow2" "bench/successor:$name"; done
    for name in a b c; do
        # shellcheck disable=SC2086  # no base is no word
        measure_dvcr "pull.$name" pull "bench/debian:$name" -o "$WORK/$name.raw" ${before:+--base "$WORK/$before.raw"}
        record "pull.$name" fresh wire "$(awk -v n="$(said_of "${repository[$name]}/$name" newlyStored)" 'BEGIN { print n / 1048576 }')"
        ((round > 1)) || qemu-img compare -q -f raw -F qcow2 "$WORK/$name.raw" "$IMAGES/$name.qcow2"
        before=$name
    done
    rm "$WORK"/?.raw
    end_dvcr
}

run_pull_peer() {
    local name
    begin_others
    for name in a.raw a-zstd.qcow2 a.qcow2; do hash_and_push "$IMAGES/$name"; done
    pull_by_others
    end_others
}

run_export() {
    local url step
    fill_dvcr
    url="${URL[dvcr]}/api/v1/images/bench/debian/a/disk?format=raw"
    measure export dvcr curl -sSf -o /dev/null "$url"
    measure export.again dvcr curl -sSf -o /dev/null "$url"
    measure export.data dvcr export_data "$url"
    for step in export export.again export.data; do
        record "$step" dvcr rate \
            "$(awk -v n="$(said_of bench/debian/a usedSize)" -v s="$(tail -n 1 "$WORK/$step.dvcr.cpu")" 'BEGIN { print n / s / 1e6 }')"
    done
    end_dvcr
}

# Fetches of the raw disk at $1 only what is not a hole of a.raw, a range after the other.
export_data() {
    local url=$1
    qemu-img map --output=json -f raw "$IMAGES/a.raw" |
        sed -n 's/.*"start": \([0-9]*\), "length": \([0-9]*\),.*"data": true.*/\1 \2/p' |
        awk '{ printf "%d-%d\n", $1, $1 + $2 - 1 }' >"$WORK/ranges"
    sed "s|.*|next\nurl = \"$url\"\nrange = &\noutput = /dev/null|; 1s|^next.||" "$WORK/ranges" | curl -sSf --config -
}

# Starts DVCR with the three images: imported, because it says of those what was newly stored.
fill_dvcr() {
    local name
    begin_dvcr
    for name in a b c; do dvcr import "$WEB/$name.qcow2" "bench/debian:$name"; done
}

# --- the table: step, what, unit, bar (a ratio to a way of others, or with = an absolute value), way ---

import_rows() {
    row "import.$1" "import of A, $1" wall 's, others: raw' '<=0.15' raw
    row "import.$1" '' wall 's, others: qcow2-zstd' '<=0.6' zstd
    row "import.$1" '' wall 's, others: verbatim' '<=2.5' verbatim
    row "import.$1" '' cpu 'CPU s of the server'
    row "import.$1" '' memory 'peak RSS MiB' '=<=512'
    row "import.$1" '' extra 'extra MiB of disk, the source' '<=1' source
    row "import.$1" '' extra 'extra MiB of disk, others: raw' '' raw
}

moved_rows() {
    row "$1" '' cpu 'CPU s of the server'
    row "$1" '' wire 'MiB moved, what differs' "${2:-}" fresh
}

delta_rows() {
    row "$1" "$2" wall 's'
    moved_rows "$1" "${3:-}"
}

whole_rows() {
    local way
    for way in raw zstd verbatim; do
        row "$1" "$2" wall "s, others: $way" '' "$way"
        set -- "$1" ''
    done
}

step_rows() {
    local name
    case "$1" in
        import)
            for name in "${FORMATS[@]}"; do import_rows "$name"; done
            row import.plain "the same, --no-container-disk" wall 's'
            row import.plain '' cpu 'CPU s of the server'
            ;;
        next)
            for name in b c; do
                row "next.$name" "import of ${name^} after A" wall 's'
                row "next.$name" '' cpu 'CPU s of the server'
                row "next.$name" '' memory 'peak RSS MiB' '=<=512'
            done
            row next "A, B and C" stored 'MiB stored, three qcow2-zstd' '<=0.45' zstd
            ;;
        push)
            whole_rows push.a "push of A"
            moved_rows push.a
            for name in b c; do delta_rows "push.$name" "push of ${name^} after A"; done
            ;;
        pull)
            whole_rows pull.a "pull of A to raw"
            moved_rows pull.a
            delta_rows pull.b "pull of B, A at hand" '<=1.15'
            delta_rows pull.c "pull of C, B at hand" '<=1.15'
            ;;
        export)
            row export "export of A as raw" wall 's'
            row export '' cpu 'CPU s of the server'
            row export '' rate 'MB a CPU s that are not zero' '=>=400'
            row export.again 'the same once more' rate 'MB a CPU s that are not zero' '=>=400'
            row export.data 'the same without the holes' rate 'MB a CPU s that are not zero' '=>=400'
            ;;
    esac
}

ensure_java25 >/dev/null
ensure_packages curl openssl iproute2 procps qemu-utils xz-utils busybox-static
IMAGES=$("$ROOT/bench/disk-images.sh")
PEER_DIR=$(ensure_docker_registry "${DVCR_BENCH_CACHE:-$HOME/.cache/dvcr-bench}")
PEER_DIR=${PEER_DIR%/usr/bin/docker-registry}
"$ROOT/dvcr" version >/dev/null # builds first if need be, which takes the network
in_own_network "${BASH_SOURCE[0]}" "${ARGUMENTS[@]}"
begin_bench
chmod 0755 "$WORK"
start_web_server "$IMAGES"
cat "$IMAGES"/* >/dev/null # for all alike, the files are in the page cache

for ((round = 1; round <= ROUNDS; round++)); do
    for step in "${STEPS[@]}"; do
        printf 'round %d of %d: %s\n' "$round" "$ROUNDS" "$step" >&2
        "run_$step"
        [[ -z "$PEER" ]] || ! declare -F "run_${step}_peer" >/dev/null || "run_${step}_peer"
    done
done

printf '\n%s\nmedians of %d, %d cores; docker-registry of Debian, %s\n\n' \
    "$("$ROOT/dvcr" version)" "$ROUNDS" "$(nproc)" "$(qemu-img --version | head -n 1)"
table_head
for step in "${STEPS[@]}"; do step_rows "$step"; done
