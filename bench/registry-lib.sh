# shellcheck shell=bash
# The parts of bench/registry.sh: the two servers, a client of curl, and measures of a process. Sourced after lib.sh;
# uses WORK, and of registry.sh: ROOT, PEER_DIR, URL, PID, MIB, CONNECTIONS, SECONDS_OF_WRK, MAX_RSS_MIB.

# --- the network ---

# Runs the script $1 with its arguments once more, in a network namespace of its own, unless this is that.
in_own_network() {
    if [[ "${BENCH_NETWORK:-}" != own ]]; then
        BENCH_NETWORK=own exec unshare --map-root-user --net "$@"
    fi
    ip link set lo up
    sysctl -q net.ipv4.tcp_congestion_control=cubic
}

# --- the servers ---

# Unpacks Debian's docker-registry and wrk below $1, installing nothing; prints where.
ensure_peer() {
    local dir=$1/registry
    if [[ ! -f "$dir/version" ]]; then
        say "fetching docker-registry and wrk from Debian"
        rm -rf "$dir"
        mkdir -p "$dir/deb"
        apt_update_once
        (cd "$dir/deb" && apt-get -qq download docker-registry wrk libluajit-5.1-2 >&2)
        for package in "$dir"/deb/*.deb; do dpkg-deb -x "$package" "$dir"; done
        dpkg-deb -f "$dir"/deb/docker-registry_*.deb Version >"$dir/version.part"
        mv "$dir/version.part" "$dir/version"
    fi
    printf '%s\n' "$dir"
}

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

# Pushes the file $2 of digest $3 by POST and PUT.
push_blob() {
    send "$1" 201 -X PUT -H 'Content-Type: application/octet-stream' -T "$2" \
        "$(with_digest "$(begin_upload "$1")" "$3")" >/dev/null
}

# Runs a command $1 times at once; fails if one of them does.
in_parallel() {
    local count=$1 pids=() pid
    shift
    while ((count-- > 0)); do
        "$@" &
        pids+=("$!")
    done
    for pid in "${pids[@]}"; do wait "$pid"; done
}

# Asks for URL $3 from many connections and records the rate as that of step $1 and server $2.
load() {
    local report
    report=$(LD_LIBRARY_PATH="$PEER_DIR/usr/lib/x86_64-linux-gnu" "$PEER_DIR/usr/bin/wrk" \
        -t 1 -c "$CONNECTIONS" -d "${SECONDS_OF_WRK}s" --timeout 30s -H "Accept: $MANIFEST_TYPE, */*" "$3")
    [[ "$report" != *'Non-2xx'* && "$report" != *'Socket errors'* ]] || fail "errors under load of $3: $report"
    record "$1" "$2" rate "$(awk '$1 == "Requests/sec:" { print $2 }' <<<"$report")"
    record "$1" "$2" requests "$(awk '/requests in/ { print $1 }' <<<"$report")"
}

# --- the data ---

sha256() {
    printf 'sha256:%s\n' "$(openssl dgst -sha256 -r | cut -d ' ' -f 1)"
}

# Makes the large blob, once whole and once in chunks, of bytes that nothing can compress.
make_data() {
    openssl enc -aes-128-ctr -nosalt -pass pass:dvcr -pbkdf2 </dev/zero 2>/dev/null | head -c "$(($1 << 20))" >"$WORK/blob" || true
    split -b "$((($1 << 20) / $2))" -d -a 4 "$WORK/blob" "$WORK/chunk."
    head -c 4096 "$WORK/blob" >"$WORK/small"
    SMALL=$(sha256 <"$WORK/small")
    PULLED=$(sha256 <"$WORK/blob")
}

# Changes the first bytes of the large blob, so that no server has it; sets DIGEST.
make_unique() {
    local mark
    mark=$(printf '%-16s' "$EPOCHREALTIME")
    printf '%s' "$mark" | dd of="$WORK/blob" conv=notrunc status=none
    printf '%s' "$mark" | dd of="$WORK/chunk.0000" conv=notrunc status=none
    DIGEST=$(sha256 <"$WORK/blob")
}

# Gives the server at $1 what is pulled: the large blob, the small one, and a manifest; sets MANIFEST.
fill() {
    printf '{"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":4096},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":%d}]}' \
        "$MANIFEST_TYPE" "$SMALL" "$PULLED" "$((MIB << 20))" >"$WORK/manifest"
    MANIFEST=$(sha256 <"$WORK/manifest")
    push_blob "$1" "$WORK/blob" "$PULLED"
    push_blob "$1" "$WORK/small" "$SMALL"
    send "$1" 201 -X PUT -H "Content-Type: $MANIFEST_TYPE" -T "$WORK/manifest" "$1/v2/bench/disk/manifests/latest" >/dev/null
}

# Frees the disk of what server $1 was pushed in a step; no step asks for it again.
forget_large_files() {
    find "$WORK/$1" -type f -size +1M -newer "$WORK/filled" -exec truncate -s 0 {} +
}

# --- measures ---

# Seconds of CPU that the process of server $1 has used so far.
cpu_seconds() {
    awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print ($12 + $13) / hz }' "/proc/${PID[$1]}/stat"
}

# Bytes that server $1 has read from files so far.
bytes_read() {
    awk '$1 == "rchar:" { print $2 }' "/proc/${PID[$1]}/io"
}

# Adds to the values of a step ($1) and server ($2): a measure ($3) and its value ($4).
record() {
    printf '%s\n' "$4" >>"$WORK/$1.$2.$3"
}

# Runs a command as step $1 of server $2 and records its seconds, the server's seconds of CPU and its peak memory.
measure() {
    local step=$1 server=$2 cpu
    shift 2
    echo 5 >"/proc/${PID[$server]}/clear_refs" # the peak counts from now
    cpu=$(cpu_seconds "$server")
    local start=$EPOCHREALTIME
    "$@"
    record "$step" "$server" wall "$(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }')"
    record "$step" "$server" cpu "$(awk -v a="$cpu" -v b="$(cpu_seconds "$server")" 'BEGIN { print b - a }')"
    record "$step" "$server" rss "$(awk '$1 == "VmHWM:" { print $2 / 1024 }' "/proc/${PID[$server]}/status")"
}

# Starts another process of server $1 with an empty directory, and stops it again.
measure_start() {
    local server=$1 pid=${PID[$1]} url=${URL[$1]} start=$EPOCHREALTIME
    start_server "$server" "$WORK/started"
    record start "$server" wall "$(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }')"
    stop_server "${PID[$server]}"
    rm -rf "$WORK/started"
    PID[$server]=$pid URL[$server]=$url
}

# --- the table ---

# Prints the median of step $1, server $2 and measure $3, if there is one.
median_of() {
    [[ ! -f "$WORK/$1.$2.$3" ]] || median <"$WORK/$1.$2.$3"
}

# Prints a row: step $1 titled $2, its measure $3 called $4, and the bar $5: a ratio, or behind = a value of DVCR's own.
row() {
    local dvcr peer
    dvcr=$(median_of "$1" dvcr "$3")
    peer=$(median_of "$1" peer "$3")
    awk -v title="$2" -v name="$4" -v a="$dvcr" -v b="$peer" -v bar="${5:-}" 'BEGIN {
        ratio = (b != "" && b > 0) ? a / b : ""
        value = sub(/^=/, "", bar) ? a : ratio
        limit = bar; sub(/^[<>]=/, "", limit)
        if (bar != "" && value != "") {
            hit = bar ~ /^</ ? value <= limit + 0 : value >= limit + 0
            bar = bar (hit ? " hit" : " MISS")
        }
        form = a >= 1000 ? "%.0f" : "%.2f"
        printf "%-34s %-14s %10s %10s %8s  %s\n", title, name, sprintf(form, a), b == "" ? "" : sprintf(form, b),
            ratio == "" ? "" : sprintf("%.3f", ratio), bar
    }'
}

# The rows of a step with the large blob: $3 is the bar for CPU, $4 the one for time.
large() {
    row "$1" "$2" wall seconds "$4"
    row "$1" '' cpu 'CPU seconds' "$3"
    row "$1" '' rss 'peak RSS MiB' "=<=$MAX_RSS_MIB"
}

# The rows of a step with wrk.
small() {
    paste "$WORK/$1.dvcr.cpu" "$WORK/$1.dvcr.requests" | awk '{ print $1 / $2 * 1e6 }' >"$WORK/$1.dvcr.each"
    [[ ! -f "$WORK/$1.peer.cpu" ]] ||
        paste "$WORK/$1.peer.cpu" "$WORK/$1.peer.requests" | awk '{ print $1 / $2 * 1e6 }' >"$WORK/$1.peer.each"
    row "$1" "$2, $CONNECTIONS connections" rate 'per second' '>=8'
    row "$1" '' each 'CPU us each'
    row "$1" '' rss 'peak RSS MiB' "=<=$MAX_RSS_MIB"
}
