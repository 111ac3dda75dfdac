# shellcheck shell=bash
# Builds the distribution that ./dvcr runs, and trains its ahead-of-time caches (JEP 514). Sourced by ./dvcr, after
# deploy/host/install.sh; uses DVCR_ROOT, DVCR_DIST, DVCR_JAVA_ASK and DVCR_JAVA_SERVE of ./dvcr.

# Java names every class it leaves out of a cache (all of picocli, whose class files are too old) as a warning.
readonly TRAINING_LOG=(-Xlog:aot=error -Xlog:cds=error)

# Builds and trains what is out of date; of two launchers that come at the same time, the second waits for the first.
build_distribution() {
    local lock
    mkdir -p "$DVCR_ROOT/target"
    exec {lock}>"$DVCR_ROOT/target/dvcr-build.lock"
    flock "$lock"
    is_built || compile_distribution
    is_trained || train_caches
    exec {lock}>&-
}

# Runs Maven for the command and what it is made of. The stamp is older than the build, so that a source saved while
# it runs is not missed.
compile_distribution() {
    local log="$DVCR_ROOT/target/dvcr-build.log" stamp="$DVCR_ROOT/target/dvcr-build.stamp"
    ensure_java25
    ensure_maven
    say "building dvcr (log: $log)"
    touch "$stamp"
    if ! (cd "$DVCR_ROOT" && mvn -B -q -ntp -Dmaven.test.skip=true -pl cli -am package) >"$log" 2>&1 </dev/null; then
        tail -n 40 "$log" >&2
        fail "the build failed, see $log"
    fi
    [[ -f "$DVCR_DIST/lib/dvcr.jar" ]] || fail "the build made no $DVCR_DIST/lib/dvcr.jar"
    mv "$stamp" "$DVCR_DIST/.stamp"
    rm -f "$DVCR_DIST/.trained"
}

# Trains both caches. They only make starting faster, so that they cannot be made is told in the log and no failure.
train_caches() {
    local work log="$DVCR_ROOT/target/dvcr-train.log"
    rm -f "$DVCR_DIST/cli.aot" "$DVCR_DIST/serve.aot"
    work=$(mktemp -d)
    (train_in "$work") >"$log" 2>&1 </dev/null || say "dvcr starts a little slower: its AOT caches could not be made, see $log"
    rm -rf "$work"
    touch "$DVCR_DIST/.trained"
}

# Runs a server, asks it what clients ask, has the command line ask it too, and stops it; each leaves its cache. What the
# operator has configured is none of its business. Runs in a subshell.
train_in() {
    local work=$1 server address status=0 configured
    mapfile -t configured < <(compgen -e DVCR_)
    ((${#configured[@]} == 0)) || export -n "${configured[@]}"
    "$JAVA_HOME/bin/java" "${DVCR_JAVA_SERVE[@]}" "-XX:AOTCacheOutput=$work/serve.aot" "${TRAINING_LOG[@]}" -jar "$DVCR_DIST/lib/dvcr.jar" \
        serve --config /dev/null --listen 127.0.0.1:0 --data "$work/data" >"$work/serve.out" 2>&1 &
    server=$!
    train_command "$work" version || status=1
    address=$(await_ready "$server" "$work/serve.out") && ask_server "$address" && import_disks "$address" "$work" || status=1
    kill -TERM "$server" || status=1
    wait "$server" || true
    cat "$work/serve.out"
    mv "$work/serve.aot" "$DVCR_DIST/" || status=1
    mv "$work/cli.aot" "$DVCR_DIST/" || status=1
    return "$status"
}

# Trains the command line's cache by one command; it replaces that of an earlier command only if it succeeds. The last is
# an import, which does most of what there is.
train_command() {
    local work=$1
    shift
    "$JAVA_HOME/bin/java" "${DVCR_JAVA_ASK[@]}" "-XX:AOTCacheOutput=$work/cli.part" "${TRAINING_LOG[@]}" \
        -jar "$DVCR_DIST/lib/dvcr.jar" "$@" || return 1
    mv "$work/cli.part" "$work/cli.aot"
}

# Prints the address a starting server names when it is ready; fails if it ends first or takes over a minute.
await_ready() {
    local pid=$1 log=$2 line attempt
    for ((attempt = 0; attempt < 600; attempt++)); do
        while IFS= read -r line; do
            if [[ "$line" == 'dvcr is ready on '* ]]; then
                printf '%s\n' "${line#dvcr is ready on }"
                return 0
            fi
        done <"$log"
        [[ -d "/proc/$pid" ]] || return 1
        sleep 0.1
    done
    return 1
}

# Asks the server for what is asked most, so that the classes for it are in its cache.
ask_server() {
    local address=$1 path
    for path in /v2/ /v2/_catalog /api/v1/images /healthz /readyz /metrics /; do
        curl -sS -m 10 -o /dev/null "$address$path" || return 1
    done
    push_and_pull "$address/v2/training/image"
}

# Has the server import a disk of its own, so that Java knows what to compile at once when it does so again.
import_disks() {
    local address=$1 work=$2 file
    head -c $((96 << 20)) "$JAVA_HOME/lib/modules" >"$work/disk.raw"
    # shellcheck disable=SC2015 # where there is no qemu-img, a raw disk has to do
    command -v qemu-img >/dev/null && qemu-img convert -f raw -O qcow2 "$work/disk.raw" "$work/disk.qcow2" || true
    for file in "$work"/disk.*; do
        import_disk "$address" "$file" "$work" || return 1
        rm "$file"
    done
}

# Has the server import a file, which it is given as a blob first.
import_disk() {
    local address=$1 file=$2 work=$3 blobs=$1/v2/training/file/blobs digest
    digest=sha256:$(sha256sum "$file" | cut -d ' ' -f 1)
    curl -sS -m 60 -o /dev/null -H 'Content-Type: application/octet-stream' --data-binary "@$file" "$blobs/uploads/?digest=$digest" || return 1
    DVCR_SERVER="$address" train_command "$work" import "$blobs/$digest" "training/disk:${file##*.}"
}

# Pushes a small image and pulls it back; statuses do not matter here, only that the code ran.
push_and_pull() {
    local repository=$1 blob='{}' digest manifest type=application/vnd.oci.image.manifest.v1+json
    digest=sha256:$(printf '%s' "$blob" | sha256sum | cut -d ' ' -f 1)
    manifest='{"schemaVersion":2,"mediaType":"'$type'","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"'$digest'","size":2},"layers":[]}'
    curl -sS -m 10 -o /dev/null -X POST -H 'Content-Type: application/octet-stream' -d "$blob" "$repository/blobs/uploads/?digest=$digest"
    curl -sS -m 10 -o /dev/null -X PUT -H "Content-Type: $type" -d "$manifest" "$repository/manifests/latest"
    curl -sS -m 10 -o /dev/null "$repository/manifests/latest"
    curl -sS -m 10 -o /dev/null "$repository/blobs/$digest"
    curl -sS -m 10 -o /dev/null "$repository/tags/list"
}
