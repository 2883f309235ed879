#!/usr/bin/env bash
# Is one build of amend faster than another?
#   bench/compare.sh [--turns N] [--rows N] [--server trivial|nginx] BUILD_A BUILD_B   default 7 turns, 1,000,000 rows
# Runs take turns, A B, B A, A B …, against trivial-server (B's, or else A's) or one nginx worker, server on core 1, client
# on core 0. CPU and rows/s of each, and B / A pair by pair: median and least to most. Each run is checked as in run.sh.
set -euo pipefail
export LC_ALL=C
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

usage() { sed -n '3p' "${BASH_SOURCE[0]}" >&2; exit 2; }
turns=7 rows=1000000 server=trivial builds=()
while [ $# -gt 0 ]; do
  case $1 in
    --turns) [[ ${2:-} =~ ^[1-9][0-9]?$ ]] || usage; turns=$2; shift 2 ;;
    --rows) [[ ${2:-} =~ ^[1-9][0-9]{0,7}$ ]] || usage; rows=$2; shift 2 ;;
    --server) [[ ${2:-} =~ ^(trivial|nginx)$ ]] || usage; server=$2; shift 2 ;;
    -*) usage ;;
    *) builds+=("$1"); shift ;;
  esac
done
[ ${#builds[@]} -eq 2 ] || usage
for one in "${builds[@]}"; do [ -x "$one/bin/amend" ] || { echo "$one: no amend in bin/" >&2; exit 2; }; done
build=${builds[1]}
[ -x "$build/bin/trivial-server" ] || build=${builds[0]}
[ -x "$build/bin/trivial-server" ] || { echo "neither build has a trivial-server in bin/ (-DAMEND_DEVELOPER=ON)" >&2; exit 2; }

# shellcheck source=bench/measuring.sh
. "$top/bench/measuring.sh"
# shellcheck source=bench/servers.sh
. "$top/bench/servers.sh"
[ "$server" = trivial ] || has_nginx || die 'nginx is not installed'
"$top/samples/dev-certificates.sh" "$place/keys"
rows_file=$place/rows.csv
"$build/bin/comparison-rows" "$rows" >"$rows_file"

cpu_list=('' '') rate_list=('' '')
run_build() {  # 0 or 1
  start_server "$server"
  run_amend "${builds[$1]}/bin/amend" "$rows" 1500 "${plain_credentials[@]}" "${usual_flow[@]}"
  stop_server
  check_amend "$rows"
  cpu_list[$1]+=$(calculate '%.5f ' "$cpu * 100000 / $rows")
  rate_list[$1]+=$(calculate '%.1f ' "$rows / $wall")
}

for ((turn = 0; turn < turns; turn++)); do
  run_build $((turn % 2))
  run_build $((1 - turn % 2))
done

printf '%s rows, %s pairs; medians, in brackets least to most\n' "$(grouped <<<"$rows")" "$turns"
for i in 0 1; do
  printf '%s  %s: %s s of CPU per 100,000 rows, %s rows/s\n' "$([ "$i" -eq 0 ] && echo A || echo B)" "${builds[$i]}" \
    "$(spread '%.4f' "${cpu_list[$i]}")" "$(spread '%.0f' "${rate_list[$i]}" | grouped)"
done
printf 'B / A: CPU %s, rows/s %s\n' "$(spread '%.3f' "$(ratios "${cpu_list[1]}" "${cpu_list[0]}")")" \
  "$(spread '%.3f' "$(ratios "${rate_list[1]}" "${rate_list[0]}")")"
