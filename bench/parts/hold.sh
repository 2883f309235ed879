# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # names are shared with those that source this
# Depth and connections against latency: each answer comes 50 ms after its request, all overlapping. To be sourced by
# run.sh.

part_hold() {
  local rows=30000 rates='' turn most=2560  # 8 connections × depth 16 / 50 ms
  [ -z "$tiny" ] || rows=500
  for ((turn = 1; turn <= turns; turn++)); do
    start_server trivial --hold 50ms
    run_amend "$build/bin/amend" "$rows" 300 --limit "$rows" "${plain_credentials[@]}" --connections 8 --pipeline 16
    stop_server
    check_amend "$rows"
    rates+=$(calculate '%.1f ' "$rows / $wall")
    say "turn $turn of $turns, hold: $(calculate '%.0f' "$rows / $wall") rows/s"
  done
  add_figure 'rows per second when each response takes 50 ms and 128 requests are in flight' \
    "$(calculate '%.0f' "$(median "$rates")" | grouped) of $(grouped <<<"$most") possible"
  add_row 'rows/s when each answer comes 50 ms after its request, 8 connections × depth 16' "≥ 0.95 × 2,560" \
    "$(spread '%.0f' "$rates" | grouped), $(calculate '%.3f' "$(median "$rates") / $most") ×" \
    "$(holds "$(median "$rates")" '>=' "$(calculate '%.1f' "0.95 * $most")")"
}
