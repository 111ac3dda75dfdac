# shellcheck shell=bash
# What benchmarks over S3 share: a Ceph, its buckets, and the servers over them. Sourced after lib.sh, whose ways to start
# a server it replaces.

readonly S3_ACCESS_KEY=dvcr-test S3_SECRET_KEY=dvcr-test-secret

# Starts a Ceph that keeps its objects in a file below WORK; sets S3_URL. Removed with WORK.
start_ceph() {
    local port
    port=$(free_port)
    S3_URL=http://127.0.0.1:$port
    CEPH_STORE=bluestore "$ROOT/e2e/s3/ceph.sh" start "$WORK/ceph" "$port" "$(free_port)"
    trap 'stop_ceph; end_bench' EXIT
}

stop_ceph() {
    "$ROOT/e2e/s3/ceph.sh" stop "$WORK/ceph"
}

ceph_admin() {
    radosgw-admin --conf "$WORK/ceph/ceph.conf" -n client.rgw "$@" >/dev/null 2>&1
}

s3_request() {
    local nothing
    nothing=$(sha256sum </dev/null)
    curl -fsS -X "$1" --aws-sigv4 aws:amz:us-east-1:s3 --user "$S3_ACCESS_KEY:$S3_SECRET_KEY" \
        -H "x-amz-content-sha256: ${nothing%% *}" "$S3_URL/$2"
}

make_bucket() {
    s3_request PUT "$1"
    S3_BUCKET=$1
}

# Removes a bucket with all that is in it, and gives its disk back at once.
remove_bucket() {
    ceph_admin bucket rm --bucket "$1" --purge-objects --bypass-gc
    ceph_admin gc process --include-all
}

launch_dvcr() {
    local port
    port=$(free_port)
    DVCR_STORAGE_S3_ENDPOINT=$S3_URL DVCR_STORAGE_S3_BUCKET=$S3_BUCKET \
        DVCR_STORAGE_S3_ACCESS_KEY=$S3_ACCESS_KEY DVCR_STORAGE_S3_SECRET_KEY=$S3_SECRET_KEY \
        "$ROOT/dvcr" serve --listen "127.0.0.1:$port" --data "$1" --no-controller >"$1.log" 2>&1 &
    PID[dvcr]=$! URL[dvcr]=http://127.0.0.1:$port
}

# With what its documentation names and defaults, but that it serves what is pulled itself. An authority in AWS_CA_BUNDLE,
# which this server does not need, keeps it from starting.
launch_peer() {
    local port
    port=$(free_port)
    cat >"$1.yml" <<CONFIG
version: 0.1
http:
  addr: 127.0.0.1:$port
storage:
  s3:
    accesskey: $S3_ACCESS_KEY
    secretkey: $S3_SECRET_KEY
    region: us-east-1
    regionendpoint: $S3_URL
    bucket: $S3_BUCKET
    secure: false
  redirect:
    disable: true
  delete:
    enabled: true
CONFIG
    env -u AWS_CA_BUNDLE "$PEER_DIR/usr/bin/docker-registry" serve "$1.yml" >"$1.log" 2>&1 &
    PID[peer]=$! URL[peer]=http://127.0.0.1:$port
}
