# shellcheck shell=bash
# What benchmarks share: a work directory, a web server, a fresh registry for each round, medians. Sourced; needs ROOT.

# Makes the work directory WORK, removed at the end with everything that was started.
begin_bench() {
    WORK=$(mktemp -d "${TMPDIR:-/tmp}/dvcr-bench.XXXXXX")
    STARTED=()
    trap end_bench EXIT
}

end_bench() {
    local pid
    for pid in "${STARTED[@]}"; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    rm -rf "$WORK"
}

# Prints a free loopback port.
free_port() {
    local port
    while port=$((20000 + RANDOM % 20000)); do
        (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    printf '%s\n' "$port"
}

# Serves a directory over HTTP, as a mirror would; sets WEB to its address.
start_web_server() {
    local port
    port=$(free_port)
    busybox httpd -f -p "127.0.0.1:$port" -h "$1" &
    STARTED+=("$!")
    WEB="http://127.0.0.1:$port"
    until curl -s -o /dev/null "$WEB/"; do sleep 0.05; done
}

# Starts a registry with an empty store at $1; sets DVCR_SERVER, DVCR_PID.
start_registry() {
    "$ROOT/dvcr" serve --listen 127.0.0.1:0 --data "$1" --no-controller >"$1.log" 2>&1 &
    DVCR_PID=$!
    STARTED+=("$DVCR_PID")
    until DVCR_SERVER=$(sed -n 's/^dvcr is ready on //p' "$1.log") && [[ -n "$DVCR_SERVER" ]]; do
        kill -0 "$DVCR_PID" || { cat "$1.log" >&2; return 1; }
        sleep 0.05
    done
    export DVCR_SERVER
}

stop_registry() {
    kill "$DVCR_PID"
    wait "$DVCR_PID" || true
}

# Runs a command and prints its wall-clock seconds; its output goes to the log.
seconds() {
    local start=$EPOCHREALTIME
    "$@" >>"$WORK/log" 2>&1 || { tail -n 20 "$WORK/log" >&2; return 1; }
    awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.2f\n", b - a }'
}

# Prints the median of the numbers on standard input.
median() {
    sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# Prints the MiB that a file or directory takes on disk.
mebibytes() {
    du -s --block-size=1M "$1" | cut -f 1
}
