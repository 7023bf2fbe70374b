#!/usr/bin/env bash
# Lighthouse on the three main pages, as a phone on a simulated slow 4G; ends with 1 where a score is under 98, the first page
# is over 60 KiB or another host is asked. Needs Node.js 18.20 or later; its packages (185 MB) stand apart from those of ./test.sh.
#
#   loadtest/lighthouse.sh
set -euo pipefail
cd "$(dirname "$0")/.."
source .ci/prepare.sh
packages=(chromium fonts-wqy-zenhei)
command -v npm >/dev/null || packages+=(nodejs npm)
install_build_packages "${packages[@]}"
build release chayan >/dev/null
PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-progress --loglevel=error --prefix tests/web
npm ci --no-progress --loglevel=error --prefix loadtest/lighthouse
CHAYAN_BINARY=$PWD/build/release/chayan node loadtest/lighthouse/measure.mjs
