#!/usr/bin/env bash
# undici, the whole job: 8 connections, 16 unanswered on each. It is fetched into PLACE.
#   undici.sh check | prepare PLACE URL ROWS_FILE ROWS SECONDS | run PLACE URL ROWS_FILE ROWS SECONDS
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

prepare() {  # place
  [ ! -d "$1/undici/node_modules/undici" ] || return 0
  mkdir -p "$1/undici"
  cp "$here/undici_rows.mjs" "$1/undici/"
  cd "$1/undici"
  timeout --kill-after 5 30 npm install --silent --no-audit --no-fund --no-save --cache "$1/undici/cache" \
    --fetch-retries 0 --fetch-timeout 15000 \
    undici@7 >npm.log 2>&1 </dev/null || { echo 'undici could not be fetched'; exit 1; }
}

case $1 in
  check) command -v node >/dev/null && command -v npm >/dev/null || { echo 'node and npm are not installed'; exit 1; } ;;
  prepare) prepare "$2" ;;
  run) exec node "$2/undici/undici_rows.mjs" "$3" "$2/keys/ca.pem" "$4" "$5" "$2/undici.log" ;;
esac
