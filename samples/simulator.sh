# shellcheck shell=bash
# Starts and stops wonder-sim for a script; to be sourced, not run.
#   start_simulator PROGRAM LOG OPTION…   waits until it listens; sets simulator_url and simulator_pid
#   stop_simulator                        ends it by its process id; safe to call twice, and from a trap

simulator_pid=
simulator_url=

start_simulator() {
  local program=$1 log=$2
  shift 2
  : >"$log"
  "$program" --port 0 --die-with-parent --max-runtime 10m "$@" >"$log" 2>&1 &
  simulator_pid=$!
  local tries
  for ((tries = 0; tries < 200; tries++)); do
    simulator_url=$(sed -n 's/^listening \(https\{0,1\}:[^ ]*\).*/\1/p' "$log" | head -n 1)
    [ -z "$simulator_url" ] || return 0
    kill -0 "$simulator_pid" 2>/dev/null || break
    sleep 0.05
  done
  echo "wonder-sim did not start:" >&2
  cat "$log" >&2
  return 1
}

stop_simulator() {
  [ -n "$simulator_pid" ] || return 0
  kill "$simulator_pid" 2>/dev/null || true
  wait "$simulator_pid" 2>/dev/null || true
  simulator_pid=
}
