#!/usr/bin/env bash
# wrk: requests built before the run, 64 in a lot on each of 8 connections; nothing parsed but where an answer ends,
# nothing logged, no certificate verified.
#   wrk.sh check | prepare PLACE URL ROWS_FILE ROWS SECONDS | run PLACE URL ROWS_FILE ROWS SECONDS
# `run` goes on for SECONDS, and prints: requests, failed, seconds, cpu_apart (spent on building the requests).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
case $1 in
  check) command -v wrk >/dev/null || { echo 'wrk is not installed'; exit 1; } ;;
  prepare) ;;
  run) exec wrk -t 1 -c 8 -d "$6s" -s "$here/wrk.lua" "$3" -- "$4" 1000 ;;
esac
