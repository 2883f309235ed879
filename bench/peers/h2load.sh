#!/usr/bin/env bash
# h2load over HTTP/1.1: one body for all, distinct paths, 16 unanswered on each of 8 connections; nothing parsed but
# where an answer ends, nothing logged, no certificate verified.
#   h2load.sh check | prepare PLACE URL ROWS_FILE ROWS SECONDS | run PLACE URL ROWS_FILE ROWS SECONDS
set -euo pipefail
paths=/svc/payment/api/v1/openapi/customers

prepare() {  # place, url, rows file
  awk -F, -v url="$2$paths" 'NR > 10001 { exit } NR > 1 { print url "/" $1 }' "$3" >"$1/h2load.uris"
  printf '%s' '{"name":"Lovelace, Ada Augusta 042","phone":"00000042","email":"ada.augusta.lovelace.042@example.com",' \
    '"dial_code":"+852","company_name":"Analytical Engines and Partners Ltd 42 (HK)",' \
    '"default_payment_method":"Credit Card"}' >"$1/h2load.body"
}

run() {  # place, url, rows file, rows
  h2load --h1 -t 1 -c 8 -m 16 -n "$4" -i "$1/h2load.uris" -d "$1/h2load.body" -H ':method: PUT' \
    -H 'Content-Type: application/json' -H 'Accept: application/json' >"$1/h2load.out" 2>&1
  awk -v wanted="$4" '
    /^finished in/ { time = $3; seconds = time + 0; if (time ~ /ms,$/) seconds /= 1000; if (time ~ /us,$/) seconds /= 1e6 }
    /^status codes:/ { good = $3 }
    END { print "requests " good; print "failed " wanted - good; print "seconds " seconds }' "$1/h2load.out"
}

case $1 in
  check) command -v h2load >/dev/null || { echo 'h2load is not installed'; exit 1; } ;;
  prepare) prepare "${@:2}" ;;
  run) run "${@:2}" ;;
esac
