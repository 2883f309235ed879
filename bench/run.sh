#!/usr/bin/env bash
# How fast is amend, beside other clients and beside what the machine can do?
#   bench/run.sh [--tiny] [--turns N] [--only PART]… [BUILD]   default: 5 turns, all parts, build-release
#   micro     the stages by themselves
#   nginx     amend, wrk, h2load, curl, aiohttp and undici against one nginx worker
#   trivial   amend, wrk and h2load against a server so cheap that the client is the limit
#   hold      answers that come 50 ms after their requests
#   signed    signed rows on all cores, beside `openssl speed`
#   scale     10,000 to 10 million rows: CPU, memory, start to first request
# What is compared takes turns: A B A B …. It prints medians, least and most, and ratios turn by turn. The server is on
# core 1, the client on core 0. Each run is checked: exit code, rows that succeeded, responses that the server gave.
# With all parts it rewrites the tables of bench/README.md and the six figures of README.md, between their markers.
# Peers that are missing are skipped (samples/install-packages.sh --bench installs them). --tiny: hardly any work, for
# ctest; no file changes. Only the fetching of undici uses the network. Takes 5 GB in TMPDIR and about 20 minutes.
set -euo pipefail
export LC_ALL=C
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

usage() { sed -n '2,3p' "${BASH_SOURCE[0]}" >&2; exit 2; }
all_parts=(micro nginx trivial hold signed scale)
parts=() tiny='' turns='' build=$top/build-release
while [ $# -gt 0 ]; do
  case $1 in
    --tiny) tiny=yes; shift ;;
    --turns) [[ ${2:-} =~ ^[1-9][0-9]?$ ]] || usage; turns=$2; shift 2 ;;
    --only) [[ " ${all_parts[*]} " == *" ${2:-none} "* ]] || usage; parts+=("$2"); shift 2 ;;
    -*) usage ;;
    *) [ $# -eq 1 ] || usage; build=$1; shift ;;
  esac
done
write_files=
if [ ${#parts[@]} -eq 0 ]; then
  parts=("${all_parts[@]}")
  [ -n "$tiny" ] || write_files=yes
fi
if [ -z "$turns" ]; then turns=5; [ -z "$tiny" ] || turns=1; fi
for program in amend trivial-server comparison-rows measured; do
  [ -x "$build/bin/$program" ] || { echo "$build: no $program in bin/ (-DAMEND_DEVELOPER=ON)" >&2; exit 2; }
done

# shellcheck source=bench/measuring.sh
. "$top/bench/measuring.sh"
# shellcheck source=bench/servers.sh
. "$top/bench/servers.sh"
for file in "$top"/bench/parts/*.sh; do . "$file"; done

# --- The table of the targets

target_rows=
add_row() {  # question, target, measured, yes|no|–
  target_rows+="| $1 | $2 | $3 | $4 |"$'\n'
  say "$1: ${2:+$2: }$3${4:+ ($4)}"
}

figure_rows=
add_figure() {  # what, measured: a line of README.md
  figure_rows+="| $1 | $2 |"$'\n'
}

holds() {  # figure, <=|>=, bound
  awk -v figure="$1" -v relation="$2" -v bound="$3" 'BEGIN {
    kept = relation == "<=" ? figure + 0 <= bound + 0 : figure + 0 >= bound + 0
    print kept ? "yes" : "no"
  }'
}

machine() {
  local commit
  commit=$(git -C "$top" describe --always --dirty --exclude '*' 2>/dev/null || echo unknown)
  printf '%s, %s cores, %s, commit %s, %s turns (`bench/run.sh`); medians, in brackets least to most\n' \
    "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" "$(date -u +%Y-%m-%d)" "$commit" "$turns"
}

tables() {
  machine
  printf '\n| question | target | measured | met |\n|---|---|---|---|\n%s' "$target_rows"
  clients_table
  micro_table
}

figures() {
  machine
  printf '\n| figure | measured |\n|---|---|\n%s' "$figure_rows"
}

# Changes only the text between the markers.
rewrite() {  # file, name of the markers, file with the text
  local begin="<!-- $2:begin -->" end="<!-- $2:end -->"
  grep -qxF -- "$begin" "$1" && grep -qxF -- "$end" "$1" || die "$1 has no $begin and $end"
  awk -v begin="$begin" -v end="$end" -v text="$3" '
    $0 == end { inside = 0 }
    !inside { print }
    $0 == begin { inside = 1; while ((getline line < text) > 0) print line }' "$1" >"$place/rewritten"
  cat "$place/rewritten" >"$1"
}

"$top/samples/dev-certificates.sh" "$place/keys"
rows_in_file=1000000
[ -z "$tiny" ] || rows_in_file=4000
[[ -n "$tiny" || " ${parts[*]} " != *' scale '* ]] || rows_in_file=10000000
rows_file=$place/rows.csv
"$build/bin/comparison-rows" "$rows_in_file" >"$rows_file"

for part in "${parts[@]}"; do
  say "== $part"
  "part_$part"
done
tables >"$place/tables.md"
cat "$place/tables.md"
figures >"$place/figures.md"
cat "$place/figures.md"
if [ -n "$write_files" ]; then
  rewrite "$top/bench/README.md" bench "$place/tables.md"
  rewrite "$top/README.md" figures "$place/figures.md"
fi
