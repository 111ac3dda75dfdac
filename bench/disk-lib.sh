# shellcheck shell=bash
# The parts of bench/disk.sh: what others do with an image, and measures of what DVCR does. Sourced after lib.sh; uses, of
# disk.sh: IMAGES.
#
# Others are three ways with docker-registry as a store: raw converts to raw, zstd to a compressed qcow2, verbatim keeps the
# file as it is. Their client is curl, which pushes in one request, checks no digest when it pulls, and is the fastest.

readonly TO_ZSTD=(qemu-img convert -c -O qcow2 -o compression_type=zstd)

# --- what others do ---

# Sets the variable $1 to the seconds that a command takes, begun when nothing is left to be written.
timed() {
    local -n taken=$1
    shift
    sync
    local start=$EPOCHREALTIME
    "$@"
    taken=$(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }')
}

sum() {
    local IFS=+
    awk "BEGIN { print $* }"
}

# Prints the MiB that files take on disk.
mebibytes() {
    du -sc --block-size=1 "$@" | awk 'END { print $1 / 1048576 }'
}

# Prints what qemu-img calls the format of a file.
format_of() {
    case "$1" in *.qcow2) printf 'qcow2\n' ;; *) printf 'raw\n' ;; esac
}

fetch() {
    curl -sSf -o "$WORK/others/$1" "$WEB/$1"
}

# Makes disk.raw of the file $1, which a raw disk is already.
make_raw() {
    case "$1" in
        *.qcow2) qemu-img convert -f qcow2 -O raw "$1" "$WORK/others/disk.raw" ;;
        *.xz) xz -dc -T 0 "$1" >"$WORK/others/disk.raw" ;;
        *) ln "$1" "$WORK/others/disk.raw" ;;
    esac
}

# Makes disk.qcow2, compressed with zstd, of the file $1, a qcow2 or raw disk.
make_zstd() {
    "${TO_ZSTD[@]}" -f "$(format_of "$1")" "$1" "$WORK/others/disk.qcow2"
}

hash_and_push() {
    push_blob "${URL[peer]}" "$1" "$(sha256 <"$1")"
}

# Hashes the file named $1 while it passes from the web server into the registry, so that nothing is kept in between.
pass_on() {
    local location hashing
    rm -f "$WORK/others/tee"
    mkfifo "$WORK/others/tee"
    location=$(begin_upload "${URL[peer]}")
    sha256 <"$WORK/others/tee" >"$WORK/others/digest" &
    hashing=$!
    location=$(curl -sSf "$WEB/$1" | tee "$WORK/others/tee" |
        send "${URL[peer]}" 202 -X PATCH -H 'Content-Type: application/octet-stream' -T - "$location")
    wait "$hashing"
    send "${URL[peer]}" 201 -X PUT -H 'Content-Length: 0' "$(with_digest "$location" "$(<"$WORK/others/digest")")" >/dev/null
}

begin_others() {
    mkdir "$WORK/others"
    start_server peer "$WORK/peer"
}

end_others() {
    stop_server "${PID[peer]}"
    rm -rf "$WORK/others" "$WORK/peer"
}

# Imports the file named $1 in the three ways and records it as step import.$1. How the file is fetched and converted depends
# on its format, what is then hashed and pushed does not: that is done with the first file of a round and counts for all.
import_by_others() {
    local name=$1 file=$WORK/others/$1 fetched raw zstd verbatim unpacked=0 compressible=$1
    timed fetched fetch "$name"
    timed raw make_raw "$file"
    if [[ "$name" == *.xz ]]; then # which qemu-img does not read
        unpacked=$raw compressible=disk.raw
    fi
    timed zstd make_zstd "$WORK/others/$compressible"
    [[ -n "${PUSHED_RAW:-}" ]] || timed PUSHED_RAW hash_and_push "$WORK/others/disk.raw"
    [[ -n "${PUSHED_ZSTD:-}" ]] || timed PUSHED_ZSTD hash_and_push "$WORK/others/disk.qcow2"
    record "import.$name" raw wall "$(sum "$fetched" "$raw" "$PUSHED_RAW")"
    record "import.$name" zstd wall "$(sum "$fetched" "$unpacked" "$zstd" "$PUSHED_ZSTD")"
    record "import.$name" raw extra "$(mebibytes "$file" "$WORK/others/disk.raw")"
    record "import.$name" source extra "$(mebibytes "$IMAGES/$name")"
    rm "$file" "$WORK/others"/disk.*
    timed verbatim pass_on "$name"
    record "import.$name" verbatim wall "$verbatim"
}

# Pushes A in the three ways and records it as step push.a.
push_by_others() {
    local raw zstd pushed
    timed raw make_raw "$IMAGES/a.qcow2"
    timed pushed hash_and_push "$WORK/others/disk.raw"
    record push.a raw wall "$(sum "$raw" "$pushed")"
    timed zstd make_zstd "$IMAGES/a.qcow2"
    timed pushed hash_and_push "$WORK/others/disk.qcow2"
    record push.a zstd wall "$(sum "$zstd" "$pushed")"
    rm "$WORK/others"/disk.*
    timed pushed hash_and_push "$IMAGES/a.qcow2"
    record push.a verbatim wall "$pushed"
    record push.a zstd wire "$(mebibytes "$IMAGES/a-zstd.qcow2")"
}

# Pulls the blob of the file named $1 to the file $2.
pull_blob() {
    curl -sSf -o "$2" "${URL[peer]}/v2/bench/disk/blobs/$(sha256 <"$IMAGES/$1")"
}

# Pulls A in the three ways, back to raw, and records it as step pull.a.
pull_by_others() {
    local way pulled converted
    timed pulled pull_blob a.raw "$WORK/others/disk.raw"
    record pull.a raw wall "$pulled"
    rm "$WORK/others/disk.raw"
    for way in zstd:a-zstd verbatim:a; do
        timed pulled pull_blob "${way#*:}.qcow2" "$WORK/others/pulled.qcow2"
        timed converted make_raw "$WORK/others/pulled.qcow2"
        record pull.a "${way%:*}" wall "$(sum "$pulled" "$converted")"
        rm "$WORK/others"/*
    done
}

# --- measures of DVCR ---

# Runs a command of dvcr against the server; what it says goes to the log.
dvcr() {
    DVCR_SERVER=${URL[dvcr]} "$ROOT/dvcr" "$@" >>"$WORK/log" 2>&1 || { tail -n 20 "$WORK/log" >&2; return 1; }
}

begin_dvcr() {
    start_server dvcr "$WORK/dvcr"
}

end_dvcr() {
    stop_server "${PID[dvcr]}"
    rm -rf "$WORK/dvcr"
}

# Bytes that have gone through this network, in either direction, headers and all.
bytes_moved() {
    awk '$1 == "lo:" { print $2 }' /proc/net/dev
}

# Notes five times a second how much the data directory of DVCR takes, in bytes, and the processes it started have in
# memory, in KiB.
watch_dvcr() {
    set +o pipefail # du meets files that go away, and ps finds no process while there is none
    while sleep 0.2; do
        printf '%s %s\n' "$(du -s --block-size=1 "$WORK/dvcr" 2>/dev/null | cut -f 1)" \
            "$(ps --ppid "${PID[dvcr]}" -o rss= | awk '{ sum += $1 } END { print sum + 0 }')"
    done >"$WORK/watched"
}

# Prints the most that was noted in column $1.
most() {
    awk -v column="$1" '$column + 0 > most { most = $column } END { print most + 0 }' "$WORK/watched"
}

# Runs a command of dvcr as step $1, and records beside what measure does the MiB moved, and the most that the server took
# of the disk above what it keeps, and of memory with the processes it started.
measure_dvcr() {
    local step=$1 moved watch
    shift
    sync
    watch_dvcr &
    watch=$!
    STARTED+=("$watch")
    moved=$(bytes_moved)
    measure "$step" dvcr dvcr "$@"
    record "$step" dvcr wire "$(awk -v a="$moved" -v b="$(bytes_moved)" 'BEGIN { print (b - a) / 1048576 }')"
    kill "$watch"
    wait "$watch" 2>/dev/null || true
    record "$step" dvcr extra "$(awk -v a="$(most 1)" -v b="$(mebibytes "$WORK/dvcr")" \
        'BEGIN { extra = a / 1048576 - b; print (extra > 0 ? extra : 0) }')"
    record "$step" dvcr memory "$(sum "$(tail -n 1 "$WORK/$step.dvcr.rss")" "$(most 2)/1024")"
}

# Prints the number that the server has as $2 of the image $1, which is REPOSITORY/TAG; fails if it has none.
said_of() {
    curl -sSf "${URL[dvcr]}/api/v1/images/$1" | grep -o "\"$2\" *: *[0-9]*" | grep -o '[0-9]*$'
}
