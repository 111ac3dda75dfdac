#!/usr/bin/env bash
# Runs DVCR and Debian's docker-registry side by side over one S3 server, a Ceph of one node on this machine's disk: a push
# and a pull of a large blob, and several pushes at once. Prints medians, their ratios and which bars are met.
#
#   bench/s3.sh [--rounds N] [--mib N] [--only STEP]... [--no-peer]
#
# --mib is the size of the large blob, a multiple of 8; STEP is push, pull or pushes. Neither sends clients to the bucket.
# Each step begins with an empty bucket. It takes five times the blob of disk.
set -euo pipefail
readonly ARGUMENTS=("$@")
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=deploy/host/install.sh
. "$ROOT/deploy/host/install.sh"
# shellcheck source=bench/lib.sh
. "$ROOT/bench/lib.sh"
# shellcheck source=bench/registry-lib.sh
. "$ROOT/bench/registry-lib.sh"
# shellcheck source=bench/s3-lib.sh
. "$ROOT/bench/s3-lib.sh"

readonly ALL_STEPS=(push pull pushes)
readonly PUSHES=8 MAX_RSS_MIB=512
ROUNDS=3 MIB=4096 SERVERS=(dvcr peer) STEPS=()

while (($# > 0)); do
    case "$1" in
        --rounds) ROUNDS=$2 && shift 2 ;;
        --mib) MIB=$2 && shift 2 ;;
        --only) STEPS+=("$2") && shift 2 ;;
        --no-peer) SERVERS=(dvcr) && shift ;;
        *) fail "unknown option $1; the head of this file says what there is" ;;
    esac
done
((${#STEPS[@]} > 0)) || STEPS=("${ALL_STEPS[@]}")
((MIB % PUSHES == 0)) || fail "--mib must be a multiple of $PUSHES"

# --- what is asked; each function has a server's base URL as $1 ---

push() {
    push_blob "$1" "$WORK/blob" "$PULLED"
}

pull() {
    send "$1" 200 "$1/v2/bench/disk/blobs/$PULLED" >/dev/null
}

pushes() {
    local chunk pids=() pid
    for chunk in "$WORK"/chunk.*; do
        push_blob "$1" "$chunk" "${DIGESTS[$chunk]}" &
        pids+=("$!")
    done
    for pid in "${pids[@]}"; do wait "$pid"; done
}

# --- the rounds ---

# Runs one step against one server, over a bucket that it shares with none.
run_step() {
    local step=$1 server=$2
    make_bucket bench
    start_server "$server" "$WORK/$server"
    [[ "$step" != pull ]] || push "${URL[$server]}"
    measure "$step" "$server" "$step" "${URL[$server]}"
    stop_server "${PID[$server]}"
    rm -rf "${WORK:?}/$server"
    remove_bucket bench
}

ensure_java25 >/dev/null
ensure_packages curl openssl iproute2 procps ceph-mon ceph-osd radosgw ceph-common
PEER_DIR=$(ensure_peer "${DVCR_BENCH_CACHE:-$HOME/.cache/dvcr-bench}")
"$ROOT/dvcr" version >/dev/null # builds first if need be, which takes the network
in_own_network "${BASH_SOURCE[0]}" "${ARGUMENTS[@]}"
begin_bench
start_ceph
make_data "$MIB" "$PUSHES"
declare -A DIGESTS=()
for chunk in "$WORK"/chunk.*; do DIGESTS[$chunk]=$(sha256 <"$chunk"); done

for ((round = 1; round <= ROUNDS; round++)); do
    for step in "${STEPS[@]}"; do
        for server in "${SERVERS[@]}"; do
            printf 'round %d of %d: %s %s\n' "$round" "$ROUNDS" "$step" "$server" >&2
            run_step "$step" "$server"
        done
    done
done

# --- the table ---

printf '\n%s\nmedians of %d, %d MiB blob, %d cores; docker-registry %s; %s\n\n' \
    "$("$ROOT/dvcr" version)" "$ROUNDS" "$MIB" "$(nproc)" "$(<"$PEER_DIR/version")" "$(radosgw --version | cut -d ' ' -f 1-3)"
table_head
for step in "${STEPS[@]}"; do
    title=$step
    [[ "$step" != pushes ]] || title="$PUSHES pushes at once, of an eighth"
    row "$step" "$title" wall seconds '<=0.7'
    row "$step" '' cpu 'CPU seconds'
    row "$step" '' rss 'peak RSS MiB' "=<=$MAX_RSS_MIB"
done
