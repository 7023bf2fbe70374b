#!/usr/bin/env bash
# Builds Chayan and runs every test. The last line says how many passed and failed; the exit status is 0 if none failed.
#
#   ./test.sh                release build, all tests
#   ./test.sh --full         the same at full size: 200 kills, mirrors of 10^6 certificates under 1,000 changes a second and
#                            10,000 cuts; more than an hour
#   ./test.sh --sanitizers   the same under AddressSanitizer with UBSan, then under ThreadSanitizer
#   ./test.sh --fuzz         every parser that meets the outside, a minute each (CHAYAN_FUZZ_SECONDS)
#   ./test.sh --lint         clang-format and clang-tidy
set -euo pipefail
cd "$(dirname "$0")"
source .ci/prepare.sh

passed=0 failed=0 left_out=
# What only tests need. openpyxl reads our workbooks, Go's x/mod our log (tests/system/tlog_verifier), zbar our QR codes.
test_packages=(libgtest-dev libbenchmark-dev openssl strace python3-openpyxl golang-go golang-golang-x-mod-dev zbar-tools librsvg2-bin)
# A real browser, with a Chinese font: without one every sign is a box of another width. Node.js that is there need not be Debian's.
web_packages=(chromium fonts-wqy-zenhei)
command -v npm >/dev/null || web_packages+=(nodejs npm)

# Test programs of one preset, each in as many parts as there are processors, as many at a time; counts come from GoogleTest's own
# reports, and a part that leaves none has failed.
run_tests() {
  local preset=$1 program part report
  build "$preset" all
  local reports=build/$preset/reports
  rm -rf "$reports"
  mkdir -p "$reports"
  for program in build/"$preset"/tests/*_tests; do
    for ((part = 0; part < parts; part++)); do echo "$program" "$part"; done
  done | xargs -P "$parts" -L 1 bash -c 'run_part "$@"' "$reports"
  for program in build/"$preset"/tests/*_tests; do
    for ((part = 0; part < parts; part++)); do
      report=$reports/$(basename "$program").$part
      count_report "$report.json" "$(cat "$report.ended")"
    done
  done
}

# run_part PROGRAM PART, with the reports' folder as $0. What it prints comes out whole, after it has ended.
run_part() {
  local name ended=0
  name=$(basename "$1").$2
  GTEST_TOTAL_SHARDS=$parts GTEST_SHARD_INDEX=$2 "$1" --gtest_brief=1 --gtest_output="json:$0/$name.json" >"$0/$name.log" 2>&1 || ended=$?
  echo "$ended" >"$0/$name.ended"
  printf '== %s\n%s\n' "$0/$name" "$(cat "$0/$name.log")"
}
parts=$(nproc)
export parts
export -f run_part

count_report() {
  local tests bad
  if [[ ! -s $1 ]]; then
    echo "$1: no report, the program ended early"
    failed=$((failed + 1))
    return
  fi
  tests=$(sed -nE '0,/"tests"/s/.*"tests": ([0-9]+).*/\1/p' "$1")
  bad=$(sed -nE '0,/"failures"/s/.*"failures": ([0-9]+).*/\1/p' "$1")
  bad=$((bad + $(sed -nE '0,/"errors"/s/.*"errors": ([0-9]+).*/\1/p' "$1")))
  passed=$((passed + tests - bad))
  failed=$((failed + bad))
  # A sanitizer's report, or a crash at exit, ends a program badly whose tests all passed.
  if [[ $bad -eq 0 && $2 -ne 0 ]]; then
    echo "$1: its tests passed, but it ended with exit code $2"
    failed=$((failed + 1))
  fi
}

# The pages in a real browser: tests/web says what it needs. A machine that reaches Debian's packages need not reach npm's registry: there
# everything else is tested, and it is said that this was not. CHAYAN_WEB=required makes it a failure.
run_web_tests() {
  local report=build/$1/reports/web.tap ended=0
  if ! PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-progress --loglevel=error --fetch-retries=1 --prefix tests/web; then
    left_out="The pages were NOT tested: npm could not fetch what tests/web needs."
    if [[ ${CHAYAN_WEB:-} == required ]]; then failed=$((failed + 1)); fi
    return
  fi
  echo "== $1 web"
  CHAYAN_BINARY=$PWD/build/$1/chayan node --test --test-concurrency="$parts" --test-reporter=tap \
    --test-reporter-destination="$report" tests/web/*.test.mjs || ended=$?
  grep -A 40 '^ *not ok' "$report" || true
  local good bad
  good=$(sed -n 's/^# pass //p' "$report")
  bad=$(sed -n 's/^# fail //p' "$report")
  passed=$((passed + ${good:-0}))
  failed=$((failed + ${bad:-0} + $(sed -n 's/^# cancelled //p' "$report")))
  # A file that could not be read counts no test.
  if [[ $ended -ne 0 && ${bad:-0} -eq 0 ]]; then failed=$((failed + 1)); fi
}

# A target's finding is kept beside its report: run build/asan/fuzz/TARGET FINDING to see it again.
fuzz_one() {
  local target=$1 name seeds reports=build/asan/fuzz/reports
  name=$(basename "$target")
  seeds=tests/fuzz/corpus/${name%_fuzz}
  mkdir -p "build/asan/fuzz/corpus/$name" "$reports"
  local inputs=("build/asan/fuzz/corpus/$name")
  [[ -d $seeds ]] && inputs+=("$seeds")
  if "$target" -max_total_time="${CHAYAN_FUZZ_SECONDS:-60}" -timeout=10 -rss_limit_mb=4096 -print_final_stats=1 \
    -artifact_prefix="$reports/$name-" "${inputs[@]}" >"$reports/$name.log" 2>&1; then
    echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$reports/$name.log") inputs, no finding"
  else
    echo "$name: FAILED"
    tail -n 40 "$reports/$name.log"
    return 1
  fi
}

fuzz() {
  install_build_packages clang
  build asan fuzz
  local target result
  export -f fuzz_one
  while read -r target result; do
    if [[ $result == 0 ]]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  done < <(printf '%s\n' build/asan/fuzz/*_fuzz | xargs -P "$(nproc)" -I{} bash -c 'fuzz_one {} >&2; echo "{} $?"')
}

lint() {
  install_build_packages "${test_packages[@]}" clang-format clang-tidy
  # clang cannot read g++'s precompiled headers, and without them each source shows that it names what it uses.
  configure release -B build/lint -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON
  local files
  mapfile -t files < <(git ls-files 'src/*.h' 'src/*.cpp' 'index/*.h' 'index/*.cpp' 'api/*.h' 'api/*.cpp' \
    'tests/*.h' 'tests/*.cpp' 'loadtest/*.h' 'loadtest/*.cpp')
  if clang-format --dry-run -Werror "${files[@]}"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  local sources
  # The product's own sources: the tests' would double the time, and CI has an hour.
  mapfile -t sources < <(printf '%s\n' "${files[@]}" | grep -v '^tests/' | grep '\.cpp$')
  if printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -n 4 clang-tidy -p build/lint --quiet --extra-arg=-Wno-unknown-warning-option 2>/dev/null; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
}

case ${1:-} in
  '')
    install_build_packages "${test_packages[@]}" "${web_packages[@]}"
    run_tests release
    run_web_tests release
    ;;
  --full)
    install_build_packages "${test_packages[@]}" "${web_packages[@]}"
    export CHAYAN_KILLS=200 CHAYAN_MIRROR_CERTIFICATES=1000000 CHAYAN_MIRROR_RATE=1000 CHAYAN_MIRROR_CUTS=10000
    run_tests release
    run_web_tests release
    ;;
  --sanitizers)
    install_build_packages "${test_packages[@]}" clang
    # Sanitized code runs five to fifteen times slower: the long tests do a tenth of their work.
    export CHAYAN_TEST_SCALE=10 ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1
    run_tests asan
    export TSAN_OPTIONS="suppressions=$PWD/tests/support/tsan.supp history_size=4"
    run_tests tsan
    ;;
  --fuzz) fuzz ;;
  --lint) lint ;;
  *) sed -n '2,9p' "$0" | sed 's/^# \{0,1\}//' >&2; exit 2 ;;
esac

[[ -z $left_out ]] || echo "$left_out"
echo "$passed passed, $failed failed"
[[ $failed -eq 0 && $passed -gt 0 ]]
