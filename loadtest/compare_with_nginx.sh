#!/usr/bin/env bash
# Single-thread throughput beside nginx answering a constant of the same size: one core for the server, another for the
# client, in turn, three rounds; medians and the ratio. Needs two cores, wrk and nginx (it installs them).
#
#   loadtest/compare_with_nginx.sh [CERTIFICATES] [SECONDS_A_ROUND]
set -euo pipefail
cd "$(dirname "$0")/.."
source .ci/prepare.sh
certificates=${1:-1000000} seconds=${2:-8} rounds=3
install_build_packages curl wrk nginx-light
build release chayan >/dev/null

work=$(mktemp -d)
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

chayan=build/release/chayan
"$chayan" demo --institutions 2000 --certificates "$certificates" --seed 1 --out "$work/demo" >/dev/null
"$chayan" import --data "$work/data" "$work/demo/registry.ndjson"
taskset -c 0 "$chayan" serve --data "$work/data" --listen 127.0.0.1:0 --threads 1 --no-limits >"$work/serve.out" 2>"$work/serve.err" &
pids+=($!)
until url=$(sed -nE 's/^Chayan listens on (http:[^ ]*) .*/\1/p' "$work/serve.out") && [[ -n $url ]]; do sleep 0.1; done

member() { sed -nE "1s/.*\"$1\":\"([^\"]*)\".*/\1/p" "$work/demo/truth.ndjson"; }
ask() { curl -sS "$url/v1/verifications" -H 'Content-Type: application/json' \
  -d "{\"certificate_number\":\"$(member certificate_number)\",\"holder_name\":\"$(member holder_name)\"}"; }
page='/v1/institutions?occupation=4-10-01-05&level=3'

# nginx with one worker, answering constants of the sizes that Chayan answers with.
verification_bytes=$(ask | wc -c)
page_bytes=$(curl -sS "$url$page" | wc -c)
# A word of its configuration may have 4,096 bytes at most, so a longer constant is put together from variables.
constant() {
  local left=$1 name=0 names=
  for (( ; left > 0; left -= 4000, name++)); do
    echo "set \$v$name $(head -c $((left < 4000 ? left : 4000)) /dev/zero | tr '\0' 'x');"
    names+="\$v$name"
  done
  echo "return 200 $names;"
}
cat >"$work/nginx.conf" <<CONF
worker_processes 1;
pid $work/nginx.pid;
error_log $work/nginx.err;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path $work; proxy_temp_path $work; fastcgi_temp_path $work; uwsgi_temp_path $work; scgi_temp_path $work;
  server {
    listen 127.0.0.1:18199 reuseport;
    default_type application/json;
    location /v1/verifications { $(constant "$verification_bytes") }
    location /v1/institutions { $(constant "$page_bytes") }
  }
}
CONF
taskset -c 0 nginx -c "$work/nginx.conf" -g 'daemon off;' 2>/dev/null &
pids+=($!)
until curl -fsS http://127.0.0.1:18199/v1/institutions >/dev/null 2>&1; do
  kill -0 "${pids[1]}" 2>/dev/null || { cat "$work/nginx.err" >&2; exit 1; }
  sleep 0.1
done

load() { # URL SCRIPT-ARGS... -> requests per second
  local report
  report=$(taskset -c 1 wrk -t1 -c64 -d"${seconds}s" "$@")
  if grep -q 'Non-2xx' <<<"$report"; then echo "answers other than 200: $report" >&2; exit 1; fi
  awk '/^Requests\/sec/ {print $2}' <<<"$report"
}
verify_load() { load -s loadtest/verify.lua "$1" -- "$work/demo/truth_valid.ndjson" 100000; }
grep -v '"status":"erased"' "$work/demo/truth.ndjson" >"$work/demo/truth_valid.ndjson"
median() { sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }

verify_load "$url" >/dev/null # warm-up
for ((round = 1; round <= rounds; round++)); do
  verify_load "$url" >>"$work/verify.chayan"
  verify_load http://127.0.0.1:18199 >>"$work/verify.nginx"
  load "$url$page" >>"$work/page.chayan"
  load "http://127.0.0.1:18199$page" >>"$work/page.nginx"
done
row() { # NAME FILE BYTES
  local ours nginx
  ours=$(median <"$work/$2.chayan") nginx=$(median <"$work/$2.nginx")
  awk -v n="$1" -v b="$3" -v o="$ours" -v g="$nginx" 'BEGIN {printf "| %s | %d | %.0f | %.0f | %.2f |\n", n, b, o, g, o / g}'
}
echo "$certificates certificates; $(nproc) cores; $(awk -F': ' '/model name/ {print $2; exit}' /proc/cpuinfo); medians of $rounds rounds of $seconds s, 64 connections"
echo '| answers | bytes | Chayan /s | nginx constant /s | ratio |'
echo '|---|---|---|---|---|'
row 'verification, found' verify "$verification_bytes"
row 'institutions by occupation and level, 20 a page' page "$page_bytes"
