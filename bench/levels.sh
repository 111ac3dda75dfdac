#!/usr/bin/env bash
# Cuts, hashes, compresses and packs qcow2 images as an import does, without its network and its faces, at several
# levels of zstd and numbers of threads. Prints medians of ROUNDS (5); stored bytes are those of all images together.
# Images are given as arguments, a first one and what others share chunks with it; the Debian image if there are none.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=deploy/host/install.sh
. "$ROOT/deploy/host/install.sh"
# shellcheck source=bench/lib.sh
. "$ROOT/bench/lib.sh"

ROUNDS=${ROUNDS:-5}
LEVELS=${LEVELS:-1,2,3,4,6,9}
THREADS=${THREADS:-1,2}
export DVCR_E2E_CACHE=${DVCR_E2E_CACHE:-$HOME/.cache/dvcr-e2e}

JAVA_HOME=$(find_java25) || ensure_java25
ensure_run_packages
if (($# == 0)); then
    ensure_test_packages
    set -- "$DVCR_E2E_CACHE/images/debian.qcow2"
    "$ROOT/e2e/guest/build-debian-image.sh" "$1"
fi
"$ROOT/dvcr" version
begin_bench
"$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -cp "$ROOT/cli/target/dvcr/lib/*" \
    "$ROOT/bench/Levels.java" "$WORK" "$ROUNDS" "$LEVELS" "$THREADS" "$@"
