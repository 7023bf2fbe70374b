#!/usr/bin/env bash
# Builds Chayan, loads the notice's catalogs and a synthetic registry into an empty data directory, and serves it.
#
#   ./run.sh [--port N] [--data DIR] [--demo INSTITUTIONS:CERTIFICATES] [-- FLAGS OF chayan serve]
set -euo pipefail
cd "$(dirname "$0")"
source .ci/prepare.sh

port=8080 data=demo-data demo=200:5000
usage() { sed -n '2,4p' "$0" | sed 's/^# \{0,1\}//'; }
while [[ $# -gt 0 ]]; do
  case $1 in
    --port) port=${2:?--port needs a number}; shift 2 ;;
    --data) data=${2:?--data needs a directory}; shift 2 ;;
    --demo) demo=${2:?--demo needs INSTITUTIONS:CERTIFICATES}; shift 2 ;;
    --) shift; break ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
[[ $demo =~ ^[0-9]+:[0-9]+$ ]] || { echo "--demo takes INSTITUTIONS:CERTIFICATES, for example 200:5000" >&2; exit 2; }
data=${data%/}

install_build_packages curl
build release chayan
chayan=build/release/chayan

# The import folder stays until the load is complete: an interrupted load goes on at the next run.
if [[ ! -e $data/rows/CURRENT || -e $data.import ]]; then
  if [[ ! -s $data.import/registry.ndjson || ! -e $data.import/complete ]]; then
    "$chayan" demo --institutions "${demo%:*}" --certificates "${demo#*:}" --seed 1 --out "$data.import"
    touch "$data.import/complete"
  fi
  "$chayan" import --data "$data" "$data.import/registry.ndjson"
  mkdir -p "$data.truth"
  mv "$data.import/truth.ndjson" "$data.import/institutions.ndjson" "$data.truth/"
  rm -r "$data.import"
fi
example=$(sed -n '/"status":"valid"/{p;q}' "$data.truth/truth.ndjson" 2>/dev/null || true)
member() { sed -E "s/.*\"$1\":\"([^\"]*)\".*/\1/" <<<"$example"; }

base=http://127.0.0.1:$port
cat <<TXT

Chayan will answer on $base/ (health and metrics on http://127.0.0.1:$((port + 1))/). Three things to ask:

  curl -G $base/v1/institutions --data-urlencode occupation=养老护理员 -d level=3
  curl '$base/v1/catalog?q=KNX'
TXT
if [[ -n $example ]]; then
  cat <<TXT
  curl $base/v1/verifications -H 'Content-Type: application/json' -d '{"certificate_number":"$(member certificate_number)","holder_name":"$(member holder_name)"}'
TXT
fi
echo
exec "$chayan" serve --data "$data" --listen "127.0.0.1:$port" --admin "127.0.0.1:$((port + 1))" "$@"
