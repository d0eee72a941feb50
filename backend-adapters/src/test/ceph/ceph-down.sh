#!/bin/bash
# Stops what ceph-up.sh started in a directory, by its files of process ids, and removes the directory.
# Usage: ceph-down.sh DIRECTORY
dir=${1:?usage: ceph-down.sh DIRECTORY}

# Sends a signal to all of them; fails when there is none.
signal() {
    local found=1
    for file in "$dir"/run/*.pid; do
        { [ -s "$file" ] && kill "$1" "$(cat "$file")" && found=0; } 2> /dev/null
    done
    return $found
}

signal -TERM
for _ in $(seq 40); do
    signal -0 || break
    sleep 0.25
done
signal -KILL
rm -rf "$dir"
