#!/usr/bin/env bash
# Measures how a registry grows: one whose repositories have ten tags each, every tag with a manifest and a layer of its own.
# Prints, for each number of layers: starting, paging through the catalogue and through tags, the housekeeping that every
# start begins with, marking garbage, and sweeping it, too; and the memory that it took.
#
#   bench/scale.sh [LAYERS]...     default: 10000 100000 1000000, which takes 20 GiB and 6 million inodes
#
# libeatmydata keeps the store from being forced to disk while it is filled; the server that is measured has none of it.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=deploy/host/install.sh
. "$ROOT/deploy/host/install.sh"
# shellcheck source=bench/lib.sh
. "$ROOT/bench/lib.sh"

readonly TAGS=10 ROUNDS=${ROUNDS:-5}
readonly MEASURES=(start catalogue tags first mark sweep)
(($# > 0)) || set -- 10000 100000 1000000

# Fills the store up to repository number $2, from $1.
fill() {
    LD_PRELOAD=libeatmydata.so "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -cp "$ROOT/cli/target/dvcr/lib/*" \
        "$ROOT/bench/Catalogue.java" "$WORK/data/store" "$1" "$2"
}

# Follows the Links of a listing from path $1 on to its end; prints how many pages there were.
page_through() {
    local path=$1 pages=0
    while [[ -n "$path" ]]; do
        path=$(curl -sSf -o /dev/null -w '%header{link}' "${URL[dvcr]}$path" | sed -n 's/^<\([^>]*\)>.*/\1/p')
        pages=$((pages + 1))
    done
    printf '%s\n' "$pages"
}

tags_of_a_hundred() {
    curl -sSf "${URL[dvcr]}/v2/team000/image[000-099]/tags/list" -o /dev/null
}

collect() {
    DVCR_SERVER=${URL[dvcr]} "$ROOT/dvcr" gc "$@" >/dev/null
}

# Waits for the housekeeping that every start begins with, garbage collection included, which others wait for.
await_first() {
    until grep -q ' Housekeeping ' "$WORK/data.log"; do sleep 0.2; done
}

# Measures everything on a store of $1 layers, as steps that are named after it.
measure_all() {
    local round start
    for ((round = 0; round < ROUNDS; round++)); do
        start=$EPOCHREALTIME
        start_server dvcr "$WORK/data"
        record "start.$1" dvcr wall "$(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }')"
        record "start.$1" dvcr rss "$(awk '$1 == "VmHWM:" { print $2 / 1024 }' "/proc/${PID[dvcr]}/status")"
        measure "catalogue.$1" dvcr page_through '/v2/_catalog?n=1000' >/dev/null
        measure "tags.$1" dvcr tags_of_a_hundred
        measure "first.$1" dvcr await_first
        measure "mark.$1" dvcr collect --dry-run
        measure "sweep.$1" dvcr collect --grace PT0S
        stop_server "${PID[dvcr]}"
    done
}

# --- the table ---

# Prints what measure $2 of the steps $1 was for each size, and by how much the last has grown for ten times the layers.
growth_row() {
    local size values=()
    for size in "${SIZES[@]}"; do values+=("$(median_of "$1.$size" dvcr "$2")"); done
    [[ -n "${values[0]}" ]] || return 0
    awk -v title="$1" -v unit="$3" -v sizes="${SIZES[*]}" -v values="${values[*]}" 'BEGIN {
        n = split(values, v); split(sizes, s)
        printf "%-12s %-10s", title, unit
        for (i = 1; i <= n; i++) printf " %12.2f", v[i]
        if (n > 1) printf "   x%.2f for x%.0f", v[n] / v[n - 1], s[n] / s[n - 1]
        print ""
    }'
}

JAVA_HOME=$(find_java25) || ensure_java25
ensure_run_packages
ensure_packages eatmydata
"$ROOT/dvcr" version
in_own_network "$0" "$@"
begin_bench
mkdir -p "$WORK/data/store"
SIZES=("$@") filled=0
for size in "${SIZES[@]}"; do
    say "filling the store with $size layers"
    fill "$filled" "$((size / TAGS))"
    filled=$((size / TAGS))
    measure_all "$size"
done

printf '%-12s %-10s' step measure
printf ' %12s' "${SIZES[@]}"
printf '\n'
for step in "${MEASURES[@]}"; do
    growth_row "$step" wall seconds
    growth_row "$step" cpu 'CPU s'
    growth_row "$step" rss 'peak MiB'
done
