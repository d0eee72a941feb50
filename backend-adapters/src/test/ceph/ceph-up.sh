#!/bin/bash
# Starts a throw-away Ceph with an S3 gateway on loopback: one monitor, one store in memory, no systemd, no containers.
# Usage: ceph-up.sh DIRECTORY [PORT]     The directory is emptied first. S3 listens on PORT, the monitor on PORT + 10.
# Needs Debian's ceph-mon, ceph-osd, radosgw, ceph-common. The key is $S3_ACCESS_KEY with $S3_SECRET_KEY.
set -euo pipefail

dir=${1:?usage: ceph-up.sh DIRECTORY [PORT]}
port=${2:-16200}
monitor=$((port + 10))
: "${S3_ACCESS_KEY:?the access key to make}" "${S3_SECRET_KEY:?the secret key to make}"

rm -rf "$dir"
export CEPH_CONF=$dir/ceph.conf
mkdir -p "$dir"/{mon,osd0,rgw,run,log}
: > "$dir/keyring"
cluster=$(cat /proc/sys/kernel/random/uuid)
store=$(cat /proc/sys/kernel/random/uuid)

cat > "$CEPH_CONF" <<CONF
[global]
fsid = $cluster
mon host = v2:127.0.0.1:$monitor
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
ms bind port min = $((monitor + 1))
ms bind port max = $((monitor + 60))
# Nobody has keys, so nothing can be signed or encrypted.
ms mon client mode = crc
auth cluster required = none
auth service required = none
auth client required = none
auth allow insecure global id reclaim = true
keyring = $dir/keyring
run dir = $dir/run
admin socket = $dir/run/\$name.\$pid.asok
pid file = $dir/run/\$name.pid
log file = $dir/log/\$name.log
crash dir = $dir/crash
# A cluster of one that settles at once.
paxos propose interval = 0.1
paxos min wait = 0.02
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 2000
mon data avail warn = 2
mon data avail crit = 1
[mon]
mon data = $dir/mon
[osd]
osd data = $dir/osd\$id
osd objectstore = memstore
memstore device bytes = 4G
memstore page set = true
[client.rgw.0]
rgw data = $dir/rgw
rgw frontends = beast endpoint=127.0.0.1:$port
rgw thread pool size = 64
CONF

# Asks four times a second, for up to a minute.
await() {
    local end=$((SECONDS + 60))
    until "$@" > /dev/null 2>&1; do
        if ((SECONDS > end)); then
            echo "no success in a minute: $*" >&2
            exit 1
        fi
        sleep 0.25
    done
}

store_is_up() {
    timeout 20 ceph osd stat | grep -q '1 up'
}

monmaptool --create --fsid "$cluster" --addv a "[v2:127.0.0.1:$monitor]" "$dir/monmap" > /dev/null
ceph-mon -i a --mkfs --monmap "$dir/monmap" --keyring "$dir/keyring" > "$dir/log/mon.out" 2>&1
ceph-mon -i a >> "$dir/log/mon.out" 2>&1
await timeout 20 ceph mon stat

timeout 20 ceph osd new "$store" > /dev/null # the monitor only knows a store by the id that it registered
ceph-osd -i 0 --mkfs --osd-uuid "$store" > "$dir/log/osd.out" 2>&1
ceph-osd -i 0 >> "$dir/log/osd.out" 2>&1
await store_is_up

radosgw-admin user create --uid=main --display-name=main \
    --access-key="$S3_ACCESS_KEY" --secret-key="$S3_SECRET_KEY" > "$dir/log/user.out" 2>&1
radosgw -n client.rgw.0 > "$dir/log/rgw.out" 2>&1
await curl -fs "http://127.0.0.1:$port/"
echo "S3 on http://127.0.0.1:$port"
