# Sourced by run.sh and test.sh: installs what is missing from the distribution's packages, and builds.

as_root() {
  if [[ $EUID == 0 ]]; then "$@"; else sudo "$@"; fi
}

# install_missing PACKAGE...: quiet where nothing is missing.
install_missing() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing+=("$package")
  done
  [[ ${#missing[@]} -eq 0 ]] && return
  echo "Installing ${#missing[@]} packages: ${missing[*]}"
  as_root apt-get update -qq
  DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

install_build_packages() {
  # Boost 1.81 is the newest in bookworm and not its default; later releases have a newer default.
  local boost=libboost-dev
  if ! dpkg --compare-versions "$(apt-cache policy libboost-dev 2>/dev/null | awk '/Candidate/ {print $2}')" ge 1.81; then
    boost=libboost1.81-dev
  fi
  install_missing g++ cmake ninja-build ccache pkg-config "$boost" librocksdb-dev libsimdjson-dev libssl-dev libcurl4-openssl-dev libicu-dev \
    zlib1g-dev libzstd-dev libcli11-dev libspdlog-dev prometheus-cpp-dev libkainjow-mustache-dev libcsv-dev \
    libxlsxwriter-dev libzip-dev libexpat1-dev libqrencode-dev "$@"
}

# configure PRESET [OPTION...]: quiet unless it fails.
configure() {
  cmake --preset "$@" -DCMAKE_EXPORT_COMPILE_COMMANDS=ON ${CHAYAN_CMAKE_FLAGS:-} >"build.log.$$" 2>&1 \
    || { cat "build.log.$$"; rm -f "build.log.$$"; return 1; }
  rm -f "build.log.$$"
}

# build PRESET TARGET...
build() {
  local preset=$1
  shift
  configure "$preset"
  cmake --build "build/$preset" --target "$@"
}
