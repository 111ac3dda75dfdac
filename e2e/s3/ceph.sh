#!/usr/bin/env bash
# A Ceph of one monitor, one OSD in memory and one S3 gateway, on loopback and below one directory: a real S3 server for
# tests. Needs Debian's ceph-mon, ceph-osd, radosgw and ceph-common, and no manager.
#
#   ceph.sh start DIR GATEWAY_PORT MONITOR_PORT   returns when the gateway answers
#   ceph.sh stop DIR
#
# With CEPH_STORE=bluestore the OSD keeps what it has in a file below DIR instead, as one does that is measured.
# Keys: dvcr-test / dvcr-test-secret; bucket: dvcr-test
set -euo pipefail

readonly ACCESS_KEY=dvcr-test SECRET_KEY=dvcr-test-secret BUCKET=dvcr-test
readonly PATIENCE_SECONDS=90

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    [[ ! -d "${dir:-/none}/log" ]] || tail -n 5 "$dir"/log/*.log >&2
    exit 1
}

# Waits until a command succeeds.
await() {
    local deadline=$((SECONDS + PATIENCE_SECONDS))
    until "$@" 2>/dev/null; do
        ((SECONDS < deadline)) || fail "timed out: $*"
        sleep 0.2
    done
}

write_configuration() {
    cat >"$dir/ceph.conf" <<CONFIG
[global]
fsid = $fsid
mon host = [v2:127.0.0.1:$monitor_port/0]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv4 = true
ms bind ipv6 = false
keyring = $dir/keyring
run dir = $dir/run
admin socket = $dir/run/\$name.asok
pid file = $dir/run/\$name.pid
log file = $dir/log/\$name.log
crash dir = $dir/log
auth allow insecure global id reclaim = false
mon allow pool size one = true
mon data avail crit = 1
mon data avail warn = 2
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0

[mon]
mon data = $dir/mon

[osd]
osd data = $dir/osd
keyring = $dir/osd/keyring
osd objectstore = ${CEPH_STORE:-memstore}
memstore device bytes = 8589934592
bluestore block size = 68719476736
bluestore block db create = false
bluestore block wal create = false

[client.rgw]
rgw data = $dir/run
rgw frontends = beast endpoint=127.0.0.1:$gateway_port
rgw rados pool pg num min = 4
rgw thread pool size = 64
rgw enable ops log = false
rgw enable usage log = false
CONFIG
}

start_monitor() {
    monmaptool --create --clobber --fsid "$fsid" --addv a "[v2:127.0.0.1:$monitor_port/0]" "$dir/monmap"
    ceph-authtool --create-keyring "$dir/keyring" --gen-key -n mon. --cap mon 'allow *'
    ceph-authtool "$dir/keyring" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *'
    ceph-authtool "$dir/keyring" --gen-key -n client.rgw --cap mon 'allow rw' --cap osd 'allow rwx'
    ceph-mon --mkfs -i a --monmap "$dir/monmap" --keyring "$dir/keyring"
    ceph-mon -i a
}

start_osd() {
    local key id
    id=$(</proc/sys/kernel/random/uuid)
    key=$(ceph-authtool --gen-print-key)
    printf '{"cephx_secret": "%s"}' "$key" >"$dir/osd/secret.json"
    printf '[osd.0]\nkey = %s\n' "$key" >"$dir/osd/keyring"
    ceph --connect-timeout "$PATIENCE_SECONDS" osd new "$id" -i "$dir/osd/secret.json"
    ceph-osd -i 0 --mkfs --osd-uuid "$id"
    ceph-osd -i 0
    await osd_is_up
}

osd_is_up() {
    ceph osd stat -f json | grep -q '"num_up_osds":1'
}

gateway_answers() {
    local status
    exec 3<>"/dev/tcp/127.0.0.1/$gateway_port" || return 1
    printf 'GET / HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
    read -r status <&3
    exec 3>&-
    [[ "$status" == *' 200 '* ]]
}

start() {
    dir=$1 gateway_port=$2 monitor_port=$3
    fsid=$(</proc/sys/kernel/random/uuid)
    mkdir -p "$dir"/{mon,osd,run,log}
    write_configuration
    export CEPH_CONF="$dir/ceph.conf" CEPH_ARGS="--conf $dir/ceph.conf"
    start_monitor
    start_osd
    radosgw -n client.rgw
    await gateway_answers
    radosgw-admin -n client.rgw user create --uid=dvcr --display-name=dvcr \
        --access-key="$ACCESS_KEY" --secret-key="$SECRET_KEY"
    make_bucket
}

make_bucket() {
    local nothing
    nothing=$(sha256sum </dev/null)
    curl -fsS --noproxy '*' -X PUT --aws-sigv4 aws:amz:us-east-1:s3 --user "$ACCESS_KEY:$SECRET_KEY" \
        -H "x-amz-content-sha256: ${nothing%% *}" "http://127.0.0.1:$gateway_port/$BUCKET"
}

# The OSD is killed: asked to end, it would wait for a monitor that has.
stop() {
    local file pid
    for file in "$1"/run/*.pid; do
        pid=$(<"$file")
        kill -KILL "$pid" 2>/dev/null || true
    done
    rm -rf "$1"
}

case "${1:-} $#" in
    'start 4') start "$2" "$3" "$4" >"$2.out" 2>&1 || { cat "$2.out" >&2; exit 1; } ;;
    'stop 2') stop "$2" && rm -f "$2.out" ;;
    *) fail "usage: ceph.sh start DIR GATEWAY_PORT MONITOR_PORT | stop DIR" ;;
esac
