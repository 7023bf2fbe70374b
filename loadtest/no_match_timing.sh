#!/usr/bin/env bash
# Whether the time of a "no match" tells its cause (loadtest/no_match_timing.cpp): must not be seen over 10^5 requests,
# and a planted difference must be. Needs two cores that are otherwise idle.
#
#   loadtest/no_match_timing.sh [CERTIFICATES] [REQUESTS] [PLANTED_NS]
set -euo pipefail
cd "$(dirname "$0")/.."
source .ci/prepare.sh
certificates=${1:-200000} requests=${2:-100000} planted=${3:-1000}
install_build_packages
build release chayan no_match_timing >/dev/null

work=$(mktemp -d)
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

build/release/chayan demo --institutions 500 --certificates "$certificates" --seed 1 --out "$work/demo" >/dev/null
build/release/chayan import --data "$work/data" "$work/demo/registry.ndjson"
taskset -c 0 build/release/chayan serve --data "$work/data" --listen 127.0.0.1:0 --threads 1 --no-limits >"$work/serve.out" 2>"$work/serve.err" &
pids+=($!)
until port=$(sed -nE 's/^Chayan listens on http:\/\/[^ ]*:([0-9]+) .*/\1/p' "$work/serve.out") && [[ -n $port ]]; do sleep 0.1; done

timing() { taskset -c 1 build/release/no_match_timing --port "$port" --truth "$work/demo/truth.ndjson" --requests "$requests" "$@"; }
timing --plot loadtest/no_match_timing.svg
echo "With a difference of $planted ns planted in one cause:"
if timing --plant-ns "$planted"; then echo "The planted difference was not seen." >&2; exit 1; fi
