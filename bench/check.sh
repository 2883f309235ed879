#!/usr/bin/env bash
# How fast does `amend check` read a plain CSV of 150-byte rows, beside `wc -l` on the same file and a plain memchr scan?
#   bench/check.sh [BUILD [ROWS]]   default build-release, 2,000,000 rows (300 MB)
# Runs are interleaved on one core; medians and the spread of five are printed.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${1:-$top/build-release}
rows=${2:-2000000}
file=$(mktemp "${TMPDIR:-/tmp}/amend-bench-XXXXXX.csv")
trap 'rm -f "$file"' EXIT

awk -v rows="$rows" 'BEGIN {
  printf "id,name,phone,email,dial_code,company_name\r\n"
  for (n = 0; n < rows; n++)
    printf "1b9d6bcd-bbfd-4b2d-9b5d-%012x,\"Lovelace, Ada Augusta %03d\",%08d,ada.augusta.lovelace.%03d@example.com,+852,Analytical Engines and Partners Ltd %02d\r\n", n, n % 1000, n, n % 1000, n % 97
}' >"$file"
megabytes=$(($(stat -c %s "$file") / 1000000))
printf '%s rows, %s MB, %s\n' "$rows" "$megabytes" "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"

one_core=()
if command -v taskset >/dev/null; then one_core=(taskset -c 0); fi
cpu_seconds() {  # command …: user + system seconds
  local TIMEFORMAT='%U %S' taken
  taken=$({ time "${one_core[@]}" "$@" >/dev/null 2>&1 || true; } 2>&1)
  awk '{ print $1 + $2 }' <<<"$taken"
}
report() {  # name, seconds …
  local name=$1
  shift
  printf '%s\n' "$@" | sort -n | awk -v name="$name" -v mb="$megabytes" -v rows="$rows" '{ t[NR] = $1 }
    END { m = t[int((NR + 1) / 2)]; printf "%-14s median %.3f s CPU (%.3f to %.3f): %5.0f MB/s, %.2f million rows/s\n", name, m, t[1], t[NR], mb / m, rows / m / 1e6 }'
}

cat "$file" >/dev/null
wc_seconds=() check_seconds=()
for _ in 1 2 3 4 5; do
  wc_seconds+=("$(cpu_seconds wc -l "$file")")
  check_seconds+=("$(cpu_seconds "$build/bin/amend" check "$file" --quiet)")
done
report 'wc -l' "${wc_seconds[@]}"
report 'amend check' "${check_seconds[@]}"
"${one_core[@]}" "$build/bin/stage_bench" --benchmark_filter='find_line_ends|^csv_scan|check_whole_file' --benchmark_repetitions=5 \
  --benchmark_report_aggregates_only=true 2>/dev/null | grep -E 'median|stddev'
