#!/usr/bin/env bash
# Does `amend bench` measure what others measure? The same closed loop, 8 connections, one request on each at a time,
# turn by turn with wrk and h2load.
#   bench/loops.sh [--tiny] [--turns N] [BUILD]   default: 5 turns of 5 s, build-release
#   hold    a server that answers 20 ms after a request has arrived: all must find 20 ms, and 400 a second
#   nginx   one worker, as fast as it answers
# The server is on core 1, the client on core 0. wrk and h2load make all their requests beforehand, and check nothing but
# that the status is 2xx. Prints a markdown table. Nothing leaves this machine.
set -euo pipefail
export LC_ALL=C
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

usage() { sed -n '4p' "${BASH_SOURCE[0]}" >&2; exit 2; }
turns=5 seconds=5 build=$top/build-release
while [ $# -gt 0 ]; do
  case $1 in
    --tiny) turns=1 seconds=1; shift ;;
    --turns) [[ ${2:-} =~ ^[1-9][0-9]?$ ]] || usage; turns=$2; shift 2 ;;
    -*) usage ;;
    *) [ $# -eq 1 ] || usage; build=$1; shift ;;
  esac
done
for program in amend trivial-server comparison-rows measured; do
  [ -x "$build/bin/$program" ] || { echo "$build: no $program in bin/ (-DAMEND_DEVELOPER=ON)" >&2; exit 2; }
done

# shellcheck source=bench/measuring.sh
. "$top/bench/measuring.sh"
# shellcheck source=bench/servers.sh
. "$top/bench/servers.sh"
"$top/samples/dev-certificates.sh" "$place/keys"
rows_file=$place/rows.csv
"$build/bin/comparison-rows" 10000 >"$rows_file"

# Each prints: a second, p50, p99, mean (ms); - for what it does not tell.
ask_amend() {
  rm -rf "$place/run"
  "$build/bin/amend" bench "$rows_file" --url "$server_url" --ca-file "$place/keys/ca.pem" --auth none --connections 8 \
    --duration "${seconds}s" --warm-up 1s --run "$place/run" --quiet
  python3 -c '
import json, sys
step = json.load(open(sys.argv[1]))["sides"][0]["steps"][0]
assert step["requests"] == step["by_status"]["200"] > 0, step
latency = step["latency_ms"]
print(step["answers_per_second"], latency["p50"], latency["p99"], latency["mean"])' "$place/run/bench.json"
}

ask_wrk() {
  wrk -t 1 -c 8 -d "${seconds}s" --latency -s "$top/bench/peers/wrk.lua" "$server_url" -- "$rows_file" 10000 1 |
    awk 'function ms(t) { return t ~ /us$/ ? t / 1000 : t ~ /ms$/ ? t + 0 : t * 1000 }
      $1 == "Latency" && $2 != "Distribution" { mean = ms($2) } $1 == "50%" { p50 = ms($2) } $1 == "99%" { p99 = ms($2) }
      $1 == "failed" && $2 > 0 { bad = 1 } $1 == "Requests/sec:" { rate = $2 }
      END { if (bad || !rate) exit 1; print rate, p50, p99, mean }'
}

ask_h2load() {
  "$top/bench/peers/h2load.sh" prepare "$place" "$server_url" "$rows_file"
  h2load --h1 -t 1 -c 8 -m 1 -D "$seconds" -i "$place/h2load.uris" -d "$place/h2load.body" -H ':method: PUT' \
    -H 'Content-Type: application/json' -H 'Accept: application/json' |
    awk 'function ms(t) { return t ~ /us$/ ? t / 1000 : t ~ /ms$/ ? t + 0 : t * 1000 }
      /^finished in/ { rate = $4 } /^time for request:/ { mean = ms($6) } /^status codes:/ { bad = $5 + $7 + $9 > 0 }
      END { if (bad || !rate) exit 1; print rate, "-", "-", mean }'
}

has() {
  case $1 in
    amend) true ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

declare -A rates=() p50s=() p99s=() means=()
ask() {  # server, client
  local rate p50 p99 mean
  read -r rate p50 p99 mean < <(ask_"$2") || die "$2 has measured nothing"
  rates[$1/$2]+="$rate " means[$1/$2]+="$mean "
  [ "$p50" = - ] || p50s[$1/$2]+="$p50 " p99s[$1/$2]+="$p99 "
  say "  $1, $2: $rate/s, p50 $p50, p99 $p99, mean $mean ms"
}

# This shell and what it starts: the server has put itself on the other core.
[ ${#client_core[@]} -eq 0 ] || taskset -cp 0 $$ >/dev/null
for ((turn = 1; turn <= turns; turn++)); do
  say "turn $turn of $turns"
  for server in hold nginx; do
    [ "$server" != nginx ] || has_nginx || { say 'SKIPPED: nginx is not installed'; continue; }
    if [ "$server" = hold ]; then start_server trivial --hold 20ms; else start_server nginx; fi
    for client in amend wrk h2load; do
      if has "$client"; then ask "$server" "$client"; else say "SKIPPED: $client is not installed"; fi
    done
    stop_server
  done
done

cell() { if [ -n "${1:-}" ]; then spread '%.2f' "$1"; else printf '–'; fi; }
printf '| server | client | answers/s | p50, ms | p99, ms | mean, ms |\n|---|---|---|---|---|---|\n'
for server in hold nginx; do
  for client in amend wrk h2load; do
    key=$server/$client
    [ -n "${rates[$key]:-}" ] || continue
    printf '| %s | %s | %s | %s | %s | %s |\n' "$server" "$client" "$(spread '%.0f' "${rates[$key]}" | grouped)" \
      "$(cell "${p50s[$key]:-}")" "$(cell "${p99s[$key]:-}")" "$(cell "${means[$key]}")"
  done
done
