#!/usr/bin/env bash
# Fuzzes the parsers with libFuzzer, under AddressSanitizer and UndefinedBehaviorSanitizer. Needs clang (Debian: clang).
#   tests/fuzz/run.sh [SECONDS]   so long for each target (default 60)
# Starts from tests/fuzz/corpus; what it learns stays in build-fuzz. An input that breaks a target is kept there too:
# mend the code, then add the input to tests/fuzz/corpus.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$top"
seconds=${1:-60}
command -v clang++ >/dev/null || { echo "clang++ is missing: apt-get install clang" >&2; exit 2; }
targets=(csv ndjson response http1 rate_hints)

cmake -S . -B build-fuzz -G Ninja -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=Debug -DAMEND_DEVELOPER=ON \
  -DAMEND_ASAN=ON -DAMEND_FUZZ=ON -DCMAKE_CXX_FLAGS=-fsanitize=fuzzer-no-link >/dev/null
cmake --build build-fuzz -j "$(nproc)" --target "${targets[@]/%/_fuzz}"
for target in "${targets[@]}"; do
  printf '\n== %s: %s seconds\n' "$target" "$seconds"
  mkdir -p "build-fuzz/corpus/$target"
  "build-fuzz/bin/${target}_fuzz" -max_total_time="$seconds" -max_len=4096 -artifact_prefix="build-fuzz/$target-" \
    -print_final_stats=1 "build-fuzz/corpus/$target" "tests/fuzz/corpus/$target"
done
