# shellcheck shell=bash
# The parts of bench/registry.sh: what it needs beside docker-registry, its data, its load. Sourced after lib.sh; uses, of
# registry.sh: PEER_DIR, MIB, CONNECTIONS, SECONDS_OF_WRK, MAX_RSS_MIB.

# --- the peer ---

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

# --- the load ---

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

# Bytes that server $1 has read from files so far.
bytes_read() {
    awk '$1 == "rchar:" { print $2 }' "/proc/${PID[$1]}/io"
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
