# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # names are shared with those that source this
# Clients side by side against one server: amend and the peers, turn by turn. To be sourced by run.sh.
#   part_nginx     one nginx worker, every peer
#   part_trivial   a server so cheap that the client is the limit; the peers that do little enough

# rows, and for wrk, which is told how long to go on, seconds
declare -A peer_work=([wrk]='0 6' [h2load]='200000 0' [curl]='20000 0' [aiohttp]='20000 0' [undici]='100000 0')
if [ -n "$tiny" ]; then
  peer_work=([wrk]='0 1' [h2load]='500 0' [curl]='100 0' [aiohttp]='200 0' [undici]='500 0')
fi
nginx_rows=400000 trivial_rows=1000000  # of amend
[ -z "$tiny" ] || nginx_rows=1000 trivial_rows=1000

# By "server/client", a figure a turn.
declare -A cpu_list=() rate_list=()
note_turn() {  # server/client, rows, CPU seconds, wall seconds
  cpu_list[$1]+=$(calculate '%.5f ' "$3 * 100000 / $2")
  rate_list[$1]+=$(calculate '%.1f ' "$2 / $4")
  say "  $1: $(calculate '%.3f' "$3 * 100000 / $2") s of CPU per 100,000, $(calculate '%.0f' "$2 / $4")/s"
}

declare -A why_not=()  # empty: nothing speaks against it
find_out() {  # peer
  local why
  why_not[$1]=
  if ! why=$("$top/bench/peers/$1.sh" check 2>&1 &&
    "$top/bench/peers/$1.sh" prepare "$place" https://127.0.0.1:1 "$rows_file" 0 0 2>&1); then
    why_not[$1]=${why:-not usable}
    say "SKIPPED: $1: ${why_not[$1]}"
  fi
}
usable() {  # peer
  [ -n "${why_not[$1]+known}" ] || find_out "$1"
  [ -z "${why_not[$1]}" ]
}

amend_turn() {  # server, rows
  start_server "$1"
  run_amend "$build/bin/amend" "$2" 600 --limit "$2" "${plain_credentials[@]}" "${usual_flow[@]}"
  stop_server
  check_amend "$2"
  note_turn "$1/amend" "$2" "$cpu" "$wall"
}

# All that the server answered the client has seen; wrk leaves off in the middle of its 8 lots.
check_peer() {  # peer, rows wanted, rows done
  [ "$exit_code" -eq 0 ] || die "$1 ended with exit code $exit_code: $(tail -n 20 "$place/client.out")"
  [ "$(figure_in "$place/client.out" failed)" = 0 ] || die "rows of $1 failed: $(tail -n 20 "$place/client.out")"
  local surplus=$((server_answers - $3)) allowed=$((8 * 64))
  if [ "$2" -gt 0 ]; then
    allowed=0
    [ "$2" -eq "$3" ] || die "$1 did $3 rows, not $2"
  fi
  [ "$surplus" -ge 0 ] && [ "$surplus" -le "$allowed" ] || die "the server answered $server_answers requests of $1's $3"
}

peer_turn() {  # server, peer
  local wanted duration peer_rows seconds apart
  read -r wanted duration <<<"${peer_work[$2]}"
  start_server "$1"
  local arguments=("$place" "$server_url" "$rows_file" "$wanted" "$duration")
  "$top/bench/peers/$2.sh" prepare "${arguments[@]}"
  measure 300 "${client_core[@]}" "$top/bench/peers/$2.sh" run "${arguments[@]}"
  stop_server
  peer_rows=$(figure_in "$place/client.out" requests)
  check_peer "$2" "$wanted" "${peer_rows:-0}"
  seconds=$(figure_in "$place/client.out" seconds)
  apart=$(figure_in "$place/client.out" cpu_apart)
  note_turn "$1/$2" "$peer_rows" "$(calculate '%.6f' "$cpu - ${apart:-0}")" "${seconds:-$wall}"
}

# What has to be compared stands next to each other in a turn.
client_turns() {  # server, rows of amend, peers …
  local server=$1 rows=$2 turn peer
  shift 2
  for ((turn = 1; turn <= turns; turn++)); do
    say "turn $turn of $turns, $server"
    for peer in "$@"; do
      ! usable "$peer" || peer_turn "$server" "$peer"
      [ "$peer" != wrk ] || amend_turn "$server" "$rows"
    done
  done
}

# "≤ 1/75": how many times as much the peer takes.
add_whole_job_row() {  # peer, times
  local question="CPU per row against $1, the whole job, one nginx worker" target="≤ 1/$2" times
  if ! usable "$1"; then
    add_row "$question" "$target" "not measured: ${why_not[$1]}" –
    [ "$1" != curl ] || add_figure "CPU per row, beside curl" "not measured: ${why_not[$1]}"
    return
  fi
  times=$(ratios "${cpu_list[nginx/$1]}" "${cpu_list[nginx/amend]}")
  [ "$1" != curl ] || add_figure "CPU per row, beside curl" "$(calculate '1/%.0f' "$(median "$times")") of curl's"
  add_row "$question" "$target" "$(spread '1/%.1f' "$times")" "$(holds "$(median "$times")" '>=' "$2")"
}

add_wrk_rows() {
  local cpu_question='CPU per row, the whole job, against one nginx worker' cpu_target="≤ 0.60 × wrk's"
  local rate_question='rows/s there' rate_target="≥ 1.1 × wrk's requests/s" shares rates
  if ! usable wrk; then
    add_row "$cpu_question" "$cpu_target" "not measured: ${why_not[wrk]}" –
    add_row "$rate_question" "$rate_target" "not measured: ${why_not[wrk]}" –
    return
  fi
  shares=$(ratios "${cpu_list[nginx/amend]}" "${cpu_list[nginx/wrk]}")
  rates=$(ratios "${rate_list[nginx/amend]}" "${rate_list[nginx/wrk]}")
  add_row "$cpu_question" "$cpu_target" "$(spread '%.2f' "$shares") ×" "$(holds "$(median "$shares")" '<=' 0.60)"
  add_row "$rate_question" "$rate_target" "$(spread '%.2f' "$rates") ×" "$(holds "$(median "$rates")" '>=' 1.1)"
}

part_nginx() {
  if ! has_nginx; then
    say 'SKIPPED: nginx is not installed'
    add_row 'against one nginx worker' '' 'not measured: nginx is not installed' –
    return
  fi
  client_turns nginx "$nginx_rows" wrk h2load curl aiohttp undici
  add_wrk_rows
  add_whole_job_row aiohttp 75
  add_whole_job_row curl 15
  add_whole_job_row undici 7
}

part_trivial() {
  client_turns trivial "$trivial_rows" wrk h2load
  local rates=${rate_list[trivial/amend]} seconds=${cpu_list[trivial/amend]}
  add_row 'rows/s on one core, against a server so cheap that the client is the limit' '≥ 250,000' \
    "$(spread '%.0f' "$rates" | grouped)" "$(holds "$(median "$rates")" '>=' 250000)"
  add_figure 'rows per second on one core, without signatures' "$(calculate '%.0f' "$(median "$rates")" | grouped)"
  add_row 'CPU per 100,000 rows there' '≤ 0.40 s' "$(spread '%.3f' "$seconds") s" \
    "$(holds "$(median "$seconds")" '<=' 0.40)"
}

# CPU and speed of each client that was measured.
clients_table() {
  [ ${#cpu_list[@]} -gt 0 ] || return 0
  local -A whole=([amend]=yes [curl]=yes [aiohttp]=yes [undici]=yes [wrk]=no [h2load]=no)
  local server client key
  printf '\n| server | client | CPU per 100,000 | a second | parses, checks, logs each row |\n|---|---|---|---|---|\n'
  for server in nginx trivial; do
    for client in amend wrk h2load curl undici aiohttp; do
      key=$server/$client
      [ -n "${cpu_list[$key]:-}" ] || continue
      printf '| %s | %s | %s s | %s | %s |\n' "$server" "$client" "$(spread '%.3f' "${cpu_list[$key]}")" \
        "$(spread '%.0f' "${rate_list[$key]}" | grouped)" "${whole[$client]}"
    done
  done
}
