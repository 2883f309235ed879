#!/usr/bin/env bash
# How does `amend` pace itself? Measured where the server reads the requests, at wonder-sim's request log.
#   bench/rate.sh [--part a|b|c|d] [--seconds S] [BUILD]   default all parts, build-release
#   a  a fixed rate of 1 … 10,000/s, 60 s each, and one with retries: the mean, and the most in any second
#   b  --rate auto at a limit that no answer tells of, 90 s each: steady, halved, doubled
#   c  an outage of 15 s at 200/s
#   d  a limit of 50/s that no answer tells of at --rate 200/s, 1,500 rows
# --seconds: so long instead, outages and changes in proportion. Prints a markdown table a part; ends with 1 when a row
# failed or is unknown. Nothing leaves this machine. Takes about 0.5 GB in TMPDIR meanwhile.
set -euo pipefail
export LC_ALL=C
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$top/samples/simulator.sh"

usage() { echo "usage: $0 [--part a|b|c|d] [--seconds 1…300] [BUILD]" >&2; exit 2; }
parts='a b c d' seconds='' build=$top/build-release
while [ $# -gt 0 ]; do
  case $1 in
    --part) [[ ${2:-} =~ ^[abcd]$ ]] || usage; parts=$2; shift 2 ;;
    --seconds) [[ ${2:-} =~ ^[1-9][0-9]{0,2}$ && $2 -le 300 ]] || usage; seconds=$2; shift 2 ;;
    -*) usage ;;
    *) [ $# -eq 1 ] || usage; build=$1; shift ;;
  esac
done
amend=$build/bin/amend
[ -x "$amend" ] && [ -x "$build/bin/wonder-sim" ] || { echo "$build: no amend and wonder-sim in bin/" >&2; exit 2; }

place=$(mktemp -d "${TMPDIR:-/tmp}/amend-pace-XXXXXX")
client_pid=
stop_client() {
  [ -n "$client_pid" ] || return 0
  kill "$client_pid" 2>/dev/null || true
  wait "$client_pid" 2>/dev/null || true
  client_pid=
}
trap 'stop_client; stop_simulator; rm -rf "$place"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
"$top/samples/dev-certificates.sh" "$place/keys"

make_rows() {  # how many
  awk -v rows="$1" 'BEGIN {
    print "id,name,phone"
    for (n = 0; n < rows; n++) printf "1b9d6bcd-bbfd-4b2d-9b5d-%012x,Lovelace Ada %03d,%08d\n", n, n % 1000, n
  }'
}

# Seconds since the first request, and the status: a line a request, in the order of arrival.
arrivals() {  # request log
  awk 'match($0, /"at_us":[0-9]+/) {
    at = substr($0, RSTART + 8, RLENGTH - 8)
    match($0, /"status":[0-9]+/)
    print at, substr($0, RSTART + 9, RLENGTH - 9)
  }' "$1" | sort -n | awk 'NR == 1 { first = $1 } { printf "%.6f %d\n", ($1 - first) / 1e6, $2 }'
}

# One run against a simulator of its own. Leaves $place/arrivals and $place/run; sets exit_code and rows_failed.
rows_failed_ever=0
run() {  # rows, seconds it may take, options of amend, options of wonder-sim, each in one string
  local rows=$1 limit=$2 client_options simulator_options
  read -ra client_options <<<"$3"
  read -ra simulator_options <<<"$4"
  rm -rf "$place/run" "$place/requests.ndjson"
  make_rows "$rows" >"$place/rows.csv"
  start_simulator "$build/bin/wonder-sim" "$place/wonder-sim.log" --cert "$place/keys/server.pem" \
    --key "$place/keys/server.key" --accept-any-id --max-runtime 1h \
    --request-log "$place/requests.ndjson" "${simulator_options[@]}"
  timeout --kill-after 10 "$limit" "$amend" update "$place/rows.csv" --url "$simulator_url" --auth none \
    --ca-file "$place/keys/ca.pem" --skip-check --run "$place/run" --progress none "${client_options[@]}" \
    >"$place/amend.log" 2>&1 &
  client_pid=$!
  exit_code=0
  wait "$client_pid" || exit_code=$?
  client_pid=
  stop_simulator
  [ -s "$place/run/results.ndjson" ] || return 0
  arrivals "$place/requests.ndjson" >"$place/arrivals"
  rows_failed=$(grep -cE '"status":"(failed|unknown|rejected)"' "$place/run/results.ndjson" || true)
  rows_failed_ever=$((rows_failed_ever + rows_failed))
}

# 0 and 1 are the ends of a run that came to its end, 4 that of one with a --deadline.
must_end_with() {  # exit code …
  local expected
  for expected in "$@"; do [ "$exit_code" -ne "$expected" ] || return 0; done
  echo "amend ended with exit code $exit_code:" >&2
  cat "$place/amend.log" >&2
  exit 1
}

heading() {  # what, seconds
  local commit
  commit=$(git -C "$top" describe --always --dirty --exclude '*' 2>/dev/null || echo unknown)
  printf '\n%s: %s, %s cores, %s, commit %s, %s s a run (`bench/rate.sh`)\n\n' "$1" \
    "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" "$(date -u +%Y-%m-%d)" "$commit" "$2"
}

# --- a: a fixed rate

# The mean over the first so many seconds, and the most in any [t, t + 1 s).
mean_and_most() {  # seconds, file of times
  awk -v seconds="$1" '
    $1 < seconds { n++; last = $1 }
    {
      at[NR] = $1
      if (NR == 1) low = 1
      while (at[NR] - at[low] >= 1) delete at[low++]
      if (NR - low + 1 > most) most = NR - low + 1
    }
    END { printf "%.4f %d\n", (last > 0 ? (n - 1) / last : 0), most }' "$2"
}

# Seconds since the first row was sent, to the millisecond, as amend tells them: each row by its last attempt.
sendings() {  # results.ndjson
  awk 'match($0, /"ms":[0-9.]+/) {
      took = substr($0, RSTART + 5, RLENGTH - 5) / 1000
      match($0, /"at":"[^"]*"/)
      split(substr($0, RSTART + 17, 12), part, ":")
      at = part[1] * 3600 + part[2] * 60 + part[3]
      if (NR == 1) first = at
      if (at < first - 43200) at += 86400  # past midnight
      printf "%.4f\n", at - took
    }' "$1" | sort -n | awk 'NR == 1 { first = $1 } { printf "%.4f\n", $1 - first }'
}

fixed_rate() {  # rate, seconds, what answers, options of wonder-sim
  local rate=$1 length=$2 mean most sent_mean='' sent_most=–
  run $((rate * length)) $((3 * length + 60)) "--rate $rate/s --connections 8 --pipeline 16" "$4"
  must_end_with 0 1
  read -r mean most < <(mean_and_most "$length" "$place/arrivals")
  if [ -z "$4" ]; then
    sendings "$place/run/results.ndjson" >"$place/sendings"
    read -r sent_mean sent_most < <(mean_and_most "$length" "$place/sendings")
  fi
  awk -v rate="$rate" -v answers="$3" -v requests="$(wc -l <"$place/arrivals")" -v mean="$mean" -v most="$most" \
    -v sent_mean="$sent_mean" -v sent_most="$sent_most" -v failed="$rows_failed" '
    function off(seen) { return seen == "" ? "–" : sprintf("%+.3f %%", (seen / rate - 1) * 100) }
    BEGIN {
      printf "| `%d/s` | %s | %d | %.2f/s | %s | %s | %d | %s | %d | %d |\n", rate, answers, requests, mean, off(mean),
        off(sent_mean), most, sent_most, rate + 1 + rate / 100, failed
    }'
}

part_a() {
  local length=${seconds:-60} rate
  heading 'A fixed rate, burst 1, 8 connections, depth 16' "$length"
  echo '| `--rate` | answers | requests | mean, at the server | off by | off by, as sent | most in any second, at the server | most, as sent | bound | rows failed |'
  echo '|---|---|---|---|---|---|---|---|---|---|'
  for rate in 1 10 100 1000 10000; do fixed_rate "$rate" "$length" 'all well' ''; done
  fixed_rate 100 "$length" '5 % are 500' '--error-share 500:5%'
}

# --- b: a rate that is found

# What of the limit was used (answered otherwise than 429), and what share was refused, between two times.
use_and_refused() {  # from, to, limit a second
  awk -v from="$1" -v to="$2" -v limit="$3" '
    $1 >= from && $1 < to { all++; if ($2 == 429) refused++ }
    END {
      printf "%.1f %% | %.2f %%", 100 * (all - refused) / (limit * (to - from)), (all > 0 ? 100 * refused / all : 0)
    }' "$place/arrivals"
}

found_rate() {  # name, seconds, limit before, limit after
  local name=$1 length=$2 before=$3 after=$4 changed=$((500 * $2))ms larger window from to
  larger=$((before > after ? before : after))
  run $((larger * length * 5 / 4 + 100)) $((2 * length + 60)) "--rate auto --deadline ${length}s" \
    "--hidden-limit $before/s --hidden-limit $after/s@$changed"
  must_end_with 0 1 4
  if [ "$before" -eq "$after" ]; then
    from=$(awk -v s="$length" 'BEGIN { print s / 3 }')
    echo "| $name | $from … $length s | $(use_and_refused "$from" "$length" "$after") | $rows_failed |"
    return
  fi
  for window in 0 1 2 3; do
    read -r from to < <(awk -v s="$length" -v w="$window" 'BEGIN { print s / 2 + w * s / 9, s / 2 + (w + 1) * s / 9 }')
    echo "| $name | $from … $to s | $(use_and_refused "$from" "$to" "$after") | $rows_failed |"
  done
}

part_b() {
  local length=${seconds:-90}
  heading '`--rate auto` at a limit that no answer tells of' "$length"
  echo '| limit | from … to | of the limit used | refused | rows failed |'
  echo '|---|---|---|---|---|'
  found_rate '100/s' "$length" 100 100
  found_rate "100/s, halved at $((length * 500)) ms" "$length" 100 50
  found_rate "50/s, doubled at $((length * 500)) ms" "$length" 50 100
}

# --- c: an outage

outage_figures() {  # from, to in ms, rate, in flight at most
  awk -v from="$1" -v to="$2" -v rate="$3" -v in_flight="$4" '
    BEGIN { from /= 1000; to /= 1000 }
    $1 >= from && $1 < to { during++ }
    $1 >= to { after[++n] = $1 }
    END {
      probes = during - 20 - in_flight
      needed = int(0.95 * rate)
      full = "not reached"
      for (i = 1; i + needed - 1 <= n; i++)
        if (after[i + needed - 1] - after[i] < 1) { full = sprintf("%.1f s", after[i] - to); break }
      printf "%d | %d | %.1f s | %s", during, (probes > 0 ? probes : 0), (n > 0 ? after[1] - to : 0), full
    }' "$place/arrivals"
}

part_c() {
  local length=${seconds:-40} from to
  heading 'An outage of 15 s at 200/s, 4 connections, depth 4' "$length"
  from=$((length * 125)) to=$((length * 500))
  run $((200 * length)) $((4 * length + 120)) '--rate 200/s' "--unavailable ${from}ms..${to}ms"
  must_end_with 0 1
  echo '| outage | requests in it | after the first 20 and 16 in flight | first request after it | full speed after it | rows failed |'
  echo '|---|---|---|---|---|---|'
  echo "| $from … $to ms | $(outage_figures "$from" "$to" 200 16) | $rows_failed |"
}

# --- d: a storm of 429

part_d() {
  local length=${seconds:-30} rows
  heading '`--rate 200/s` at a limit of 50/s that no answer tells of' "$length"
  rows=$((50 * length))
  run "$rows" $((30 * length + 120)) '--rate 200/s' '--rate-limit 50/s --rate-fields none --retry-after none'
  must_end_with 0 1
  echo '| rows | requests | a row | 429 | time | rows failed |'
  echo '|---|---|---|---|---|---|'
  awk -v rows="$rows" -v failed="$rows_failed" '
    { last = $1; if ($2 == 429) refused++ }
    END { printf "| %d | %d | %.2f | %d | %.1f s | %d |\n", rows, NR, NR / rows, refused, last, failed }' \
    "$place/arrivals"
}

for part in $parts; do "part_$part"; done
[ "$rows_failed_ever" -eq 0 ] || { echo "$rows_failed_ever rows failed or are unknown" >&2; exit 1; }
