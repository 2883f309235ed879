#!/usr/bin/env bash
# layers.sh ROOT: the include layers hold, and the check itself can fail.
set -euo pipefail
root=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
check() { (cd "$1" && find include/amend src \( -name '*.hpp' -o -name '*.cpp' \) -print0 | sort -z |
  xargs -0 awk -f "$here/layers.awk" "$here/layers.txt"); }

sample=$(mktemp -d)
trap 'rm -rf "$sample"' EXIT
must_refuse() {  # file, line
  rm -rf "${sample:?}"/*
  mkdir -p "$sample/include/amend" "$sample/src" "$(dirname "$sample/$1")"
  printf '%s\n' "$2" >"$sample/$1"
  if check "$sample" >/dev/null; then
    echo "layers.awk let pass: $2 in $1"
    exit 1
  fi
}
must_refuse include/amend/row/a.hpp '#include "amend/reader/csv_parser.hpp"'
must_refuse src/queue/a.cpp '#include "amend/worker/worker.hpp"'
must_refuse include/amend/worker/a.hpp '#include <boost/beast/core.hpp>'
must_refuse include/amend/transport/a.hpp '#include <openssl/ssl.h>'
must_refuse src/reader/csv/csv_parser.hpp '#include <boost/asio/awaitable.hpp>'
must_refuse src/admission/retry_policy.cpp '  return std::chrono::steady_clock::now();'
must_refuse src/metrics/metrics.cpp '#include <thread>'
must_refuse src/reader/mapping/mapper.cpp '#include <mutex>'
must_refuse src/admission/circuit_breaker.cpp '#include <thread>'
must_refuse src/admission/circuit_breaker.hpp '  return std::chrono::steady_clock::now();'
must_refuse src/drawer/a.cpp '#include <string>'

check "$root"
