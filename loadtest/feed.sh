#!/usr/bin/env bash
# Feed throughput from zero and a mirror's lag, beside RocksDB's own rates on the same bytes.
#
#   loadtest/feed.sh [CERTIFICATES] [SECONDS_OF_LAG] [CHANGES_A_SECOND]
set -euo pipefail
cd "$(dirname "$0")/.."
source .ci/prepare.sh
certificates=${1:-100000} seconds=${2:-20} rate=${3:-1000}
install_build_packages
build release chayan feed_load >/dev/null

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
build/release/chayan demo --institutions 500 --certificates "$certificates" --seed 1 --out "$work/demo" >/dev/null
build/release/chayan import --data "$work/data" "$work/demo/registry.ndjson"
build/release/feed_load --data "$work/data" --seconds "$seconds" --rate "$rate"
