#!/usr/bin/env bash
# Installs what is missing (Debian 12), builds and runs all tests. May be run twice, from any folder.
#   tests/run.sh                what every change must pass
#   tests/run.sh --quick        what to run before a change: the parts by themselves, and the lints. One build, no sanitizer
#   tests/run.sh --long         besides, the tests labelled `long`
#   tests/run.sh --only PART    one of: asan, tsan, release
# Three builds, because each finds what the others cannot:
#   asan     everything but `e2e` and `long`, under AddressSanitizer and UndefinedBehaviorSanitizer
#   tsan     the tests labelled `pipeline` in which a thread is started, under ThreadSanitizer
#   release  the tests labelled `e2e` (100,000 rows through the programs as they are shipped), and `long` with --long
# Each builds just what its tests need; a file of tests is compiled where it is run.
# The last lines are ctest's own summaries and their sum.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top"

long=
parts=(asan tsan release)
while [ $# -gt 0 ]; do
  case $1 in
    --long) long=yes ;;
    --quick) parts=(quick) ;;
    --only)
      [ $# -ge 2 ] || { echo "--only needs a part: asan, tsan or release" >&2; exit 2; }
      parts=("$2")
      shift
      ;;
    *) echo "usage: tests/run.sh [--quick | [--long] [--only asan|tsan|release]]" >&2; exit 2 ;;
  esac
  shift
done

samples/install-packages.sh --tests

# GCC 12's sanitizers cannot start where the kernel scatters memory more widely than they expect.
fixed_layout=()
if setarch "$(uname -m)" -R true 2>/dev/null; then fixed_layout=(setarch "$(uname -m)" -R); fi

# What was freed is kept for a while, to find who uses it again: 256 MiB of it take longer to touch than most tests.
# Undefined behaviour is an illegal instruction: this shows where.
export ASAN_OPTIONS="quarantine_size_mb=16:handle_sigill=1${ASAN_OPTIONS:+:$ASAN_OPTIONS}"

build_and_test() {  # part, targets, cmake options, --, ctest options
  local part=$1 directory=build-$1 targets=() options=()
  read -ra targets <<<"$2"
  shift 2
  while [ "$1" != -- ]; do options+=("$1"); shift; done
  shift
  [ -e "$directory/CMakeCache.txt" ] || options+=(-G Ninja)
  printf '\n== %s: build\n' "$part"
  cmake -S . -B "$directory" -DAMEND_DEVELOPER=ON "${options[@]}" || return 1
  cmake --build "$directory" -j "$(nproc)" --target "${targets[@]}" || return 1
  printf '\n== %s: test\n' "$part"
  # Two tests a core, because many wait. `|| return`: ctest's verdict, not tee's (pipefail).
  "${fixed_layout[@]}" ctest --test-dir "$directory" --output-on-failure --no-tests=error --timeout 900 \
    -j $((2 * $(nproc))) "$@" 2>&1 |
    tee "$directory/ctest.log" || return 1
}

run_part() {
  case $1 in
    asan) build_and_test asan 'tests_plain tests_pipeline' -DCMAKE_BUILD_TYPE=Debug -DAMEND_ASAN=ON -- -LE '^(e2e|long)$' ;;
    tsan) build_and_test tsan tests_pipeline -DCMAKE_BUILD_TYPE=Debug -DAMEND_TSAN=ON -- -L '^pipeline$' -LE '^(e2e|long)$' ;;
    release)
      local labels='^e2e$' but=(-LE '^long$')
      if [ -n "$long" ]; then labels='^(e2e|long)$' but=(); fi
      build_and_test release tests_e2e -DCMAKE_BUILD_TYPE=Release -- -L "$labels" "${but[@]}"
      ;;
    # Assertions on, and little optimized: compiling is most of the work.
    quick) build_and_test quick tests_quick -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-O1 -- -L '^quick$' ;;
    *) echo "no such part: $1 (asan, tsan, release)" >&2; return 2 ;;
  esac
}

failed_parts=()
for part in "${parts[@]}"; do
  rm -f "build-$part/ctest.log"
  run_part "$part" || failed_parts+=("$part")
done

printf '\n== summary\n'
tests=0
failures=0
for part in "${parts[@]}"; do
  line=$(grep -E '^[0-9]+% tests passed, [0-9]+ tests failed out of [0-9]+' "build-$part/ctest.log" 2>/dev/null || true)
  printf '%-8s %s\n' "$part" "${line:-did not get as far as running a test}"
  # Skipped tests count as passed for ctest: say which, so that nobody believes they ran.
  grep -E '\((Skipped|Not Run|Disabled)\)' "build-$part/ctest.log" 2>/dev/null || true
  [ -n "$line" ] || continue
  tests=$((tests + $(sed 's/.* out of //' <<<"$line")))
  failures=$((failures + $(sed 's/.*passed, \([0-9]*\) tests.*/\1/' <<<"$line")))
done
percent=0
[ "$tests" -eq 0 ] || percent=$(((tests - failures) * 100 / tests))
[ ${#failed_parts[@]} -eq 0 ] || echo "failed parts: ${failed_parts[*]}"
printf '%d%% tests passed, %d tests failed out of %d\n' "$percent" "$failures" "$tests"
[ ${#failed_parts[@]} -eq 0 ] && [ "$failures" -eq 0 ] && [ "$tests" -gt 0 ]
