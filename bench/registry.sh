#!/usr/bin/env bash
# Runs DVCR and Debian's docker-registry side by side through what registries are asked: pushes and pulls of a large
# blob, and small requests from many connections. Prints medians, their ratios and which bars are met.
#
#   bench/registry.sh [--rounds N] [--mib N] [--seconds N] [--only STEP]... [--no-peer]
#
# --mib is the size of the large blob, --seconds the length of each step with wrk; STEP is one of the names below. All of
# it happens in a network namespace of its own, with the congestion control that Linux has by default, whatever this
# machine's is: the timers of another one (BBR) can cost a virtual machine more than the registries do.
set -euo pipefail
readonly ARGUMENTS=("$@")
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=deploy/host/install.sh
. "$ROOT/deploy/host/install.sh"
# shellcheck source=bench/lib.sh
. "$ROOT/bench/lib.sh"
# shellcheck source=bench/registry-lib.sh
. "$ROOT/bench/registry-lib.sh"

readonly ALL_STEPS=(start push chunks pull pulls pushes tag digest blob)
readonly MANIFEST_TYPE=application/vnd.oci.image.manifest.v1+json
readonly CHUNKS=32 PULLS=8 PUSHES=4 CONNECTIONS=64 MAX_RSS_MIB=350
ROUNDS=5 MIB=2048 SECONDS_OF_WRK=10 SERVERS=(dvcr peer) STEPS=()

while (($# > 0)); do
    case "$1" in
        --rounds) ROUNDS=$2 && shift 2 ;;
        --mib) MIB=$2 && shift 2 ;;
        --seconds) SECONDS_OF_WRK=$2 && shift 2 ;;
        --only) STEPS+=("$2") && shift 2 ;;
        --no-peer) SERVERS=(dvcr) && shift ;;
        *) fail "unknown option $1; the head of this file says what there is" ;;
    esac
done
((${#STEPS[@]} > 0)) || STEPS=("${ALL_STEPS[@]}")
((MIB % CHUNKS == 0)) || fail "--mib must be a multiple of $CHUNKS"

# --- what is asked; each function has a server's base URL as $1 and its name as $2 ---

push() {
    push_blob "$1" "$WORK/blob" "$DIGEST"
}

pushes() {
    in_parallel "$PUSHES" push "$1"
}

chunks() {
    local location chunk rchar
    location=$(begin_upload "$1")
    for chunk in "$WORK"/chunk.*; do
        location=$(send "$1" 202 -X PATCH -H 'Content-Type: application/octet-stream' -T "$chunk" "$location")
    done
    rchar=$(bytes_read "$2")
    send "$1" 201 -X PUT -H 'Content-Length: 0' "$(with_digest "$location" "$DIGEST")" >/dev/null
    record chunks "$2" reread $((($(bytes_read "$2") - rchar) >> 20))
}

pull() {
    send "$1" 200 "$1/v2/bench/disk/blobs/$PULLED" >/dev/null
}

pulls() {
    in_parallel "$PULLS" pull "$1"
}

tag() { load tag "$2" "$1/v2/bench/disk/manifests/latest"; }
digest() { load digest "$2" "$1/v2/bench/disk/manifests/$MANIFEST"; }
blob() { load blob "$2" "$1/v2/bench/disk/blobs/$SMALL"; }

# --- the rounds ---

# Runs one step against one server.
run_step() {
    local step=$1 server=$2
    if [[ "$step" == start ]]; then
        measure_start "$server"
        return
    fi
    case "$step" in push | chunks | pushes) make_unique ;; esac
    sync # what the step before left to be written is no part of this one
    measure "$step" "$server" "$step" "${URL[$server]}" "$server"
    case "$step" in push | chunks | pushes) forget_large_files "$server" ;; esac
}

ensure_java25 >/dev/null
ensure_packages curl openssl iproute2 procps
PEER_DIR=$(ensure_peer "${DVCR_BENCH_CACHE:-$HOME/.cache/dvcr-bench}")
"$ROOT/dvcr" version >/dev/null # builds first if need be, which takes the network
in_own_network "${BASH_SOURCE[0]}" "${ARGUMENTS[@]}"
begin_bench
make_data "$MIB" "$CHUNKS"
for server in "${SERVERS[@]}"; do
    start_server "$server" "$WORK/$server"
    fill "${URL[$server]}"
done
touch "$WORK/filled"

for ((round = 1; round <= ROUNDS; round++)); do
    for step in "${STEPS[@]}"; do
        for server in "${SERVERS[@]}"; do
            printf 'round %d of %d: %s %s\n' "$round" "$ROUNDS" "$step" "$server" >&2
            run_step "$step" "$server"
        done
    done
done

# --- the table: step, what, unit, bar (a ratio to the peer, or with = an absolute value) ---

printf '\n%s\nmedians of %d, %d MiB blob, %d cores; docker-registry %s\n\n' \
    "$("$ROOT/dvcr" version)" "$ROUNDS" "$MIB" "$(nproc)" "$(<"$PEER_DIR/version")"
table_head
for step in "${STEPS[@]}"; do
    case "$step" in
        start) row start "start to ready" wall 'seconds' ;;
        push) large push "push, monolithic" '<=0.35' '<=0.5' ;;
        chunks)
            large chunks "push, $CHUNKS chunks" '<=0.35' '<=0.5'
            row chunks '' reread 'MiB re-read' '=<=0'
            ;;
        pull) large pull "pull" '<=0.4' '' ;;
        pulls) large pulls "$PULLS pulls at once" '<=0.4' '' ;;
        pushes) large pushes "$PUSHES pushes of one blob at once" '<=0.35' '<=0.5' ;;
        tag) small tag "manifest by tag" ;;
        digest) small digest "manifest by digest" ;;
        blob) small blob "4 KiB blob" ;;
    esac
done
