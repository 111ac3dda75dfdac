# shellcheck shell=bash
# What benchmarks share: a work directory, a network of their own, servers, a client of curl, measures, rows of a table.
# Sourced after deploy/host/install.sh; needs ROOT, and PEER_DIR, where docker-registry is unpacked.

# Makes the work directory WORK, removed at the end with everything that was started; URL and PID are by server.
begin_bench() {
    WORK=$(mktemp -d "${TMPDIR:-/tmp}/dvcr-bench.XXXXXX")
    STARTED=()
    declare -gA URL=() PID=()
    trap end_bench EXIT
    trap 'say "failed: $BASH_COMMAND"' ERR
}

end_bench() {
    local pid
    for pid in "${STARTED[@]}"; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    rm -rf "$WORK"
}

# --- the network ---

# Runs the script $1 with its arguments once more, in a network namespace of its own, unless this is that. Root stays who
# it is, so that the server can give up its rights to nobody, as it does outside.
in_own_network() {
    local mapped=()
    if [[ "${BENCH_NETWORK:-}" != own ]]; then
        ((EUID == 0)) || mapped=(--map-root-user)
        BENCH_NETWORK=own exec unshare "${mapped[@]}" --net "$@"
    fi
    ip link set lo up
    local control
    for control in cubic reno; do # not bbr, which paces what stays on the machine, too
        ! sysctl -q "net.ipv4.tcp_congestion_control=$control" 2>/dev/null || break
    done
}

# Prints a free loopback port, none of those that connections are given.
free_port() {
    local port
    while port=$((20000 + RANDOM % 12000)); do
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

# --- the servers: dvcr, and docker-registry as peer ---

# Starts server $1 with the directory $2, and waits until it answers; sets its URL and PID.
start_server() {
    local server=$1 data=$2 attempt
    mkdir -p "$data"
    "launch_$server" "$data"
    STARTED+=("${PID[$server]}")
    for ((attempt = 0; attempt < 6000; attempt++)); do
        ! answers "${URL[$server]}" || return 0
        kill -0 "${PID[$server]}" || { cat "$data.log" >&2; return 1; }
        sleep 0.01
    done
    fail "$server did not start"
}

launch_dvcr() {
    local port
    port=$(free_port)
    "$ROOT/dvcr" serve --listen "127.0.0.1:$port" --data "$1" --no-controller >"$1.log" 2>&1 &
    PID[dvcr]=$! URL[dvcr]=http://127.0.0.1:$port
}

# With the configuration of the package, but for the directory, the address and the password.
launch_peer() {
    local port
    port=$(free_port)
    sed -e "s|/var/lib/docker-registry|$1|" -e "s|addr: :5000|addr: 127.0.0.1:$port|" -e '/^auth:/,/path:/d' \
        "$PEER_DIR/etc/docker/registry/config.yml" >"$1.yml"
    "$PEER_DIR/usr/bin/docker-registry" serve "$1.yml" >"$1.log" 2>&1 &
    PID[peer]=$! URL[peer]=http://127.0.0.1:$port
}

# Says whether a server answers; its port is tried first because that starts no process.
answers() {
    local address=${1#http://}
    (: <"/dev/tcp/${address%:*}/${address#*:}") 2>/dev/null && curl -sf -m 5 -o /dev/null "$1/v2/"
}

# Stops the server of process $1 and waits for it.
stop_server() {
    kill "$1"
    wait "$1" 2>/dev/null || true
}

# --- the client ---

# Sends a request to server $1, demands status $2, drops the body and prints the Location, made absolute.
send() {
    local server=$1 expected=$2 status location
    shift 2
    read -r status location < <(curl -sS -m 600 -o /dev/null -w '%{http_code} %header{location}\n' "$@")
    [[ "$status" == "$expected" ]] || fail "status $status, not $expected, of curl $*"
    [[ "$location" != /* ]] || location=$server$location
    printf '%s\n' "$location"
}

begin_upload() {
    send "$1" 202 -X POST "$1/v2/bench/disk/blobs/uploads/"
}

# Prints the location $1 with the digest $2 in its query.
with_digest() {
    if [[ "$1" == *\?* ]]; then printf '%s&digest=%s\n' "$1" "$2"; else printf '%s?digest=%s\n' "$1" "$2"; fi
}

sha256() {
    printf 'sha256:%s\n' "$(openssl dgst -sha256 -r | cut -d ' ' -f 1)"
}

# Pushes the file $2 of digest $3 by POST and PUT.
push_blob() {
    send "$1" 201 -X PUT -H 'Content-Type: application/octet-stream' -T "$2" \
        "$(with_digest "$(begin_upload "$1")" "$3")" >/dev/null
}

# --- measures ---

# Seconds of CPU that the process of server $1, and those it started and saw end, have used so far.
cpu_seconds() {
    awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print ($12 + $13 + $14 + $15) / hz }' "/proc/${PID[$1]}/stat"
}

# Seconds of CPU that what this shell has run and seen end has used so far.
children_cpu_seconds() {
    awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print ($14 + $15) / hz }' "/proc/$$/stat"
}

# Adds to the values of a step ($1) and server ($2): a measure ($3) and its value ($4).
record() {
    printf '%s\n' "$4" >>"$WORK/$1.$2.$3"
}

# Runs a command as step $1 of server $2 and records its seconds, the server's seconds of CPU, its own, and the server's
# peak memory.
measure() {
    local step=$1 server=$2 cpu client
    shift 2
    echo 5 >"/proc/${PID[$server]}/clear_refs" # the peak counts from now
    cpu=$(cpu_seconds "$server")
    client=$(children_cpu_seconds)
    local start=$EPOCHREALTIME
    "$@"
    record "$step" "$server" wall "$(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }')"
    record "$step" "$server" client "$(awk -v a="$client" -v b="$(children_cpu_seconds)" 'BEGIN { print b - a }')"
    record "$step" "$server" cpu "$(awk -v a="$cpu" -v b="$(cpu_seconds "$server")" 'BEGIN { print b - a }')"
    record "$step" "$server" rss "$(awk '$1 == "VmHWM:" { print $2 / 1024 }' "/proc/${PID[$server]}/status")"
}

# --- the table ---

# Prints the median of the numbers on standard input.
median() {
    sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# Prints the median of step $1, server $2 and measure $3, if there is one.
median_of() {
    [[ ! -f "$WORK/$1.$2.$3" ]] || median <"$WORK/$1.$2.$3"
}

# Prints a row: step $1 titled $2, its measure $3 called $4, the bar $5: a ratio, or behind = a value of DVCR's own; and
# the server that DVCR is compared with, if that is not the peer.
row() {
    local dvcr peer
    dvcr=$(median_of "$1" dvcr "$3")
    peer=$(median_of "$1" "${6:-peer}" "$3")
    awk -v title="$2" -v name="$4" -v a="$dvcr" -v b="$peer" -v bar="${5:-}" 'BEGIN {
        ratio = (b != "" && b > 0) ? a / b : ""
        value = sub(/^=/, "", bar) ? a : ratio
        limit = bar; sub(/^[<>]=/, "", limit)
        if (bar != "" && value != "") {
            hit = bar ~ /^</ ? value <= limit + 0 : value >= limit + 0
            bar = bar (hit ? " hit" : " missed")
        }
        form = a >= 1000 ? "%.0f" : "%.2f"
        printf "%-34s %-32s %10s %10s %8s  %s\n", title, name, sprintf(form, a), b == "" ? "" : sprintf(form, b),
            ratio == "" ? "" : sprintf("%.3f", ratio), bar
    }'
}

# Prints what stands above the rows.
table_head() {
    printf '%-34s %-32s %10s %10s %8s  %s\n' step measure dvcr peer ratio bar
}
