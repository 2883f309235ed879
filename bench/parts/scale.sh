# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # names are shared with those that source this
# From 10,000 to 10 million rows of one file, end to end against the trivial server: what a row costs, how much memory a
# run takes, how soon the first request is there. To be sourced by run.sh.

scale_sizes=(10000 1000000 10000000)
[ -z "$tiny" ] || scale_sizes=(100 1000 4000)

# By size, a figure a turn.
declare -A scale_cpu=() scale_rss=() scale_wall=() scale_start=()

scale_run() {  # rows
  local options=("${plain_credentials[@]}" "${usual_flow[@]}") start
  # The longest run is told of no limit: it has to find the end itself.
  [ "$1" -eq "$rows_in_file" ] || options+=(--limit "$1")
  [ "$1" -ne "${scale_sizes[-1]}" ] || watching=(--watch "$place/run/results.ndjson" "$place/samples")
  start_server trivial
  run_amend "$build/bin/amend" "$1" 1500 "${options[@]}"
  stop_server
  [ ${#watching[@]} -eq 0 ] || note_slices "$1"
  watching=()
  check_amend "$1"
  start=$(calculate '%.3f' "($first_request - $started) / 1e6")
  scale_cpu[$1]+="$cpu " scale_wall[$1]+="$wall " scale_start[$1]+="$start "
  scale_rss[$1]+=$(calculate '%.2f ' "$rss / 1024")
  say "  $1 rows: $cpu s of CPU, $wall s, $rss KiB, first request after $start ms"
}

# CPU of a further 100,000 rows in each second of a run, by the third of it that the second lies in. The first tenth is
# left out. Many seconds, as a machine that others share changes its speed for seconds at a time.
slices_by_third=()
note_slices() {  # rows
  local bytes third
  bytes=$(stat -c %s "$place/run/results.ndjson")
  for third in 0 1 2; do
    slices_by_third[third]+=$(awk -v rows="$1" -v bytes="$bytes" -v third="$third" '
      NR > 1 && $2 > before && before > bytes / 10 && int((before / bytes - 0.1) / 0.3) == third {
        printf "%.5f ", ($1 - cpu) / 1e9 / (($2 - before) / bytes * rows) * 1e5
      }
      { cpu = $1; before = $2 }' "$place/samples")
  done
}

add_growth_row() {
  local all steps='' third off question
  question="CPU of 100,000 further rows, from $(grouped <<<"${scale_sizes[1]}") to $(grouped <<<"${scale_sizes[-1]}")"
  for third in 0 1 2; do
    [ -n "${slices_by_third[third]}" ] || { add_row "$question" 'flat within 5 %' 'the runs were too short' –; return; }
    steps+="$(median "${slices_by_third[third]}") "
  done
  all=$(median "${slices_by_third[*]}")
  off=$(tr ' ' '\n' <<<"$steps" | awk -v all="$all" '
    NF { off = $1 / all - 1; if (off < 0) off = -off; if (off > most) most = off } END { printf "%.1f", most * 100 }')
  add_row "$question" 'flat within 5 %' \
    "$all s; ${steps% } by thirds (medians of $(wc -w <<<"${slices_by_third[*]}") seconds), off by $off % at most" \
    "$(holds "$off" '<=' 5)"
}

add_memory_row() {
  local size peaks='' most apart
  for size in "${scale_sizes[0]}" "${scale_sizes[1]}" "${scale_sizes[-1]}"; do
    peaks+="$(median "${scale_rss[$size]}") "
  done
  most=$(sorted_figures "${scale_rss[*]}" | tail -n 1)
  apart=$(calculate '%.1f' "$(sorted_figures "$peaks" | tail -n 1) - $(sorted_figures "$peaks" | head -n 1)")
  add_figure "peak memory with $(grouped <<<"${scale_sizes[0]}") and with $(grouped <<<"${scale_sizes[-1]}") rows" \
    "$(awk '{ printf "%.0f and %.0f", $1, $3 }' <<<"$peaks") MiB"
  add_row "peak memory at $(grouped <<<"${scale_sizes[0]}"), $(grouped <<<"${scale_sizes[1]}") and $(grouped <<<"${scale_sizes[-1]}") rows" '≤ 32 MiB, the same within 4 MiB' \
    "$(awk '{ printf "%.1f, %.1f, %.1f", $1, $2, $3 }' <<<"$peaks") MiB (never more than $most)" \
    "$(holds "$(calculate '%d' "$most <= 32 && $apart <= 4")" '>=' 1)"
}

part_scale() {
  local turn size largest=${scale_sizes[-1]} starts
  for ((turn = 1; turn <= turns; turn++)); do
    say "turn $turn of $turns, scale"
    for size in "${scale_sizes[@]}"; do scale_run "$size"; done
  done
  add_memory_row
  starts=${scale_start[$largest]}
  add_figure "time from the start to the first request, $(grouped <<<"$largest") rows" \
    "$(calculate '%.0f' "$(median "$starts")") ms"
  add_row "start to first request, $(grouped <<<"$largest") rows in the file, \`--skip-check\`" '≤ 150 ms' "$(spread '%.1f' "$starts") ms" \
    "$(holds "$(median "$starts")" '<=' 150)"
  add_growth_row
  add_row "$(grouped <<<"$largest") rows end to end against the trivial server" '' \
    "$(spread '%.1f' "${scale_wall[$largest]}") s, $(calculate '%.0f' "$largest / $(median "${scale_wall[$largest]}")" | grouped) rows/s, $(spread '%.1f' "${scale_cpu[$largest]}") s of CPU" –
}
