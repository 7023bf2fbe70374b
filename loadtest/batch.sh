#!/usr/bin/env bash
# Verifications in batches of 10,000 rows beside single requests and beside RocksDB's MultiGet alone, one server thread;
# medians. Needs wrk and curl (it installs them).
#
#   loadtest/batch.sh [CERTIFICATES] [BATCHES] [SECONDS_OF_SINGLES]
set -euo pipefail
cd "$(dirname "$0")/.."
source .ci/prepare.sh
certificates=${1:-200000} batches=${2:-15} seconds=${3:-8} rows=10000
install_build_packages curl wrk
build release chayan batch_load >/dev/null

work=$(mktemp -d)
server=
cleanup() {
  [[ -n $server ]] && kill "$server" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

chayan=build/release/chayan
"$chayan" demo --institutions 2000 --certificates "$certificates" --seed 1 --out "$work/demo" >/dev/null
"$chayan" import --data "$work/data" "$work/demo/registry.ndjson" >/dev/null
grep -v '"status":"erased"' "$work/demo/truth.ndjson" >"$work/truth.ndjson"

echo "$certificates certificates; $(nproc) cores; $(awk -F': ' '/model name/ {print $2; exit}' /proc/cpuinfo)"
echo '| what | rows/s | ms for all | |'
echo '|---|---|---|---|'
build/release/batch_load "$work/data" "$work/truth.ndjson" "$rows"

secret=$("$chayan" credentials add load --quota 1000000000 --data "$work/data" 2>/dev/null)
printf 'Authorization: Bearer %s\n' "$secret" >"$work/header"
"$chayan" serve --data "$work/data" --listen 127.0.0.1:0 --threads 1 --no-limits >"$work/serve.out" 2>"$work/serve.err" &
server=$!
until url=$(sed -nE 's/^Chayan listens on (http:[^ ]*) .*/\1/p' "$work/serve.out") && [[ -n $url ]]; do sleep 0.1; done

step=$(($(wc -l <"$work/truth.ndjson") / rows))
awk -v step="$step" -v rows="$rows" 'NR % step == 1 && n++ < rows' "$work/truth.ndjson" |
  sed -E 's/.*("certificate_number":"[^"]*").*("holder_name":"[^"]*").*/{\1,\2}/' >"$work/rows.ndjson"
[[ $(wc -l <"$work/rows.ndjson") == "$rows" ]]
batch() { # ACCEPT -> seconds of each
  for ((i = 0; i < batches; i++)); do
    curl -sS "$url/v1/verifications/batch" -H @"$work/header" -H 'Content-Type: application/x-ndjson' -H "Accept: $1" \
      --data-binary @"$work/rows.ndjson" -o "$work/answer" -w '%{time_total}\n'
    grep -q summary "$work/answer" || { echo "no summary: $(head -c 500 "$work/answer")" >&2; exit 1; }
  done
}
row() { sort -n | awk -v what="$1" -v rows="$rows" '{v[NR] = $1} END {m = v[int((NR + 1) / 2)]; printf "| %s | %.0f | %.1f | |\n", what, rows / m, m * 1000}'; }
batch application/x-ndjson >/dev/null # warm-up
batch application/x-ndjson | row 'batch over HTTP, NDJSON'
batch text/csv | row 'batch over HTTP, CSV answer'
single=$(wrk -t1 -c64 -d"${seconds}s" -s loadtest/verify.lua "$url" -- "$work/truth.ndjson" 100000 | awk '/^Requests\/sec/ {print $2}')
awk -v s="$single" 'BEGIN {printf "| single requests over HTTP, 64 connections | %.0f | | |\n", s}'
