# shellcheck shell=bash
# shellcheck disable=SC2034,SC2059,SC2154  # names are shared with those that source this, and formats are arguments
# How a client is run, measured and checked, and how figures become a line of the table; to be sourced by run.sh and
# compare.sh. Needs: top, build (with bin/). Sets: place, a folder that goes away at the end.

place=$(mktemp -d "${TMPDIR:-/tmp}/amend-bench-XXXXXX")
client_pid=
server_pid=

# The server has a core of its own, so that the client's is the client's alone.
client_core=() server_core=()
if command -v taskset >/dev/null && taskset -c 0 true 2>/dev/null && taskset -c 1 true 2>/dev/null; then
  client_core=(taskset -c 0) server_core=(taskset -c 1)
fi

end_process() {  # process id, or nothing
  [ -n "$1" ] || return 0
  kill "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}
clean_up() {
  end_process "$client_pid"
  end_process "$server_pid"
  client_pid='' server_pid=''
  rm -rf "$place"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

die() { printf '%s\n' "$*" >&2; exit 1; }
say() { printf '%s\n' "$*" >&2; }

figure_in() {  # file, name
  sed -n "s/^$2 //p" "$1"
}

watching=()  # options for `measured`: what it is to watch meanwhile

# Runs a client, at most so long. Its output goes to $place/client.out; sets exit_code, wall, cpu, rss (KiB), started (ns).
measure() {  # seconds it may take, command …
  exit_code=0
  "$build/bin/measured" "$place/measured" "$1" "${watching[@]}" "${@:2}" >"$place/client.out" 2>&1 &
  client_pid=$!
  wait "$client_pid" || exit_code=$?
  client_pid=
  [ -s "$place/measured" ] || die "$2 was not measured: $(tail -n 5 "$place/client.out")"
  wall=$(figure_in "$place/measured" wall_seconds)
  cpu=$(figure_in "$place/measured" cpu_seconds)
  rss=$(figure_in "$place/measured" max_rss_kib)
  started=$(figure_in "$place/measured" started_ns)
}

# Where the question does not say otherwise: one worker, 8 connections, depth 64, nothing that waits.
amend_options=(--rate unlimited --canary off --skip-check --progress none --yes)
plain_credentials=(--auth none --workers 1)
usual_flow=(--connections 8 --pipeline 64)

# A run of amend against $server_url, checked but for the server's count.
run_amend() {  # program, rows, seconds it may take, options …
  local program=$1 rows=$2 limit=$3
  shift 3
  rm -rf "$place/run"
  measure "$limit" "${client_core[@]}" "$program" update "$rows_file" --url "$server_url" --ca-file "$place/keys/ca.pem" \
    --run "$place/run" "${amend_options[@]}" "$@"
  [ "$exit_code" -eq 0 ] || die "amend ended with exit code $exit_code: $(cat "$place/client.out")"
  local successes
  successes=$(sed 's/.*"success":\([0-9]*\).*/\1/' "$place/run/summary.json")
  [ "$successes" = "$rows" ] || die "amend counts $successes rows as success, not $rows"
}

# Each row went out once, was answered once, and has its line.
check_amend() {  # rows
  [ "$server_answers" -eq "$1" ] || die "the server answered $server_answers requests, not $1"
  local lines
  lines=$(wc -l <"$place/run/results.ndjson")
  [ "$lines" -eq "$1" ] || die "results.ndjson has $lines lines, not $1"
  rm -rf "$place/run"
}

# --- Figures. A list is words in one string, in the order of the turns.

calculate() {  # format, expression of awk
  awk "BEGIN { printf \"$1\", $2 }"
}

sorted_figures() { tr ' ' '\n' <<<"$*" | grep . | sort -g; }

median() {  # figures …
  sorted_figures "$*" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# "0.63 (0.61 to 0.70)"
spread() {  # format, figures …
  local format=$1
  shift
  printf "$format ($format to $format)" "$(median "$*")" "$(sorted_figures "$*" | head -n 1)" \
    "$(sorted_figures "$*" | tail -n 1)"
}

grouped() { sed -E ':again; s/(^|[^0-9.])([0-9]+)([0-9]{3})/\1\2,\3/; t again'; }  # 250,000

# Turn by turn, so that what slows a turn down slows both.
ratios() {  # list, list
  local -a above below
  local i
  read -ra above <<<"$1"
  read -ra below <<<"$2"
  for i in "${!above[@]}"; do calculate '%.4f ' "${above[$i]} / ${below[$i]}"; done
}
