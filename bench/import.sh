#!/usr/bin/env bash
# Imports a Debian qcow2 into an empty registry, and beside it does what people do by hand with the same file:
# fetch it to a scratch file, convert that to raw, hash the raw disk. Prints medians of ROUNDS (5) and their ratio.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=deploy/host/install.sh
. "$ROOT/deploy/host/install.sh"
# shellcheck source=bench/lib.sh
. "$ROOT/bench/lib.sh"

ROUNDS=${ROUNDS:-5}
export DVCR_E2E_CACHE=${DVCR_E2E_CACHE:-$HOME/.cache/dvcr-e2e}

by_hand() {
    rm -rf "$WORK/hand"
    mkdir "$WORK/hand"
    curl -sSf -o "$WORK/hand/scratch.qcow2" "$WEB/debian.qcow2"
    qemu-img convert -f qcow2 -O raw "$WORK/hand/scratch.qcow2" "$WORK/hand/disk.raw"
    sha256sum "$WORK/hand/disk.raw"
    sync "$WORK/hand/disk.raw"
}

ensure_java25 >/dev/null
ensure_run_packages
ensure_test_packages
"$ROOT/e2e/guest/build-debian-image.sh" "$DVCR_E2E_CACHE/images/debian.qcow2"
"$ROOT/dvcr" version
begin_bench
start_web_server "$DVCR_E2E_CACHE/images"

by_hand >/dev/null 2>&1 # the file is in the page cache for both
for ((round = 1; round <= ROUNDS; round++)); do
    start_registry "$WORK/data$round"
    seconds "$ROOT/dvcr" import "$WEB/debian.qcow2" bench/debian:12 >>"$WORK/dvcr.seconds"
    mebibytes "$WORK/data$round/store" >>"$WORK/dvcr.stored"
    stop_registry
    rm -rf "$WORK/data$round"
    seconds by_hand >>"$WORK/hand.seconds"
    mebibytes "$WORK/hand" >>"$WORK/hand.stored"
done

dvcr=$(median <"$WORK/dvcr.seconds")
hand=$(median <"$WORK/hand.seconds")
printf '%-42s %10s %14s\n' 'Debian qcow2, 4 GiB virtual' 'seconds' 'MiB on disk'
printf '%-42s %10s %14s\n' "the source file" '' "$(mebibytes "$DVCR_E2E_CACHE/images/debian.qcow2")"
printf '%-42s %10s %14s\n' 'dvcr import' "$dvcr" "$(median <"$WORK/dvcr.stored")"
printf '%-42s %10s %14s\n' 'curl, qemu-img convert -O raw, sha256sum' "$hand" "$(median <"$WORK/hand.stored")"
awk -v a="$dvcr" -v b="$hand" -v n="$ROUNDS" 'BEGIN { printf "ratio of time %.2f, medians of %d\n", a / b, n }'
