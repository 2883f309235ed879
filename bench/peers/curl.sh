#!/usr/bin/env bash
# curl --parallel, the whole job: the CSV becomes a config file with a section a row, status and uuid of each answer are
# looked at, each row has its line in a log. 50 connections at most, curl's default.
#   curl.sh check | prepare PLACE URL ROWS_FILE ROWS SECONDS | run PLACE URL ROWS_FILE ROWS SECONDS
set -euo pipefail

write_config() {  # url, authority, rows file, rows
  awk -v url="$1/svc/payment/api/v1/openapi/customers/" -v authority="$2" -v rows="$4" '
    function text(value) { gsub(/["\\]/, "\\\\&", value); return value }
    NR == 1 { next }
    NR > rows + 1 { exit }
    {
      sub(/\r$/, "")
      match($0, /"[^"]*"/)  # the name is quoted, nothing else is
      name = substr($0, RSTART + 1, RLENGTH - 2)
      id = substr($0, 1, 36)
      split(substr($0, RSTART + RLENGTH + 1), cell, ",")
      body = "{\"name\":\"" name "\",\"phone\":\"" cell[1] "\",\"email\":\"" cell[2] "\",\"dial_code\":\"" cell[3] \
        "\",\"company_name\":\"" cell[4] "\",\"default_payment_method\":\"" cell[5] "\"}"
      if (NR > 2) print "next"
      print "url = \"" url id "\"\nrequest = \"PUT\"\nhttp1.1\ncacert = \"" authority "\"\nheader = \"Content-Type: application/json\"\ndata = \"" text(body) "\"\nwrite-out = \"\\n%{http_code} %{url}\\n\""
    }' "$3"
}

# The answers come in any order, and a status need not stand right behind its body.
judge() {  # log
  awk -v log_file="$1" '
    /^[0-9][0-9][0-9] http/ {
      id = substr($2, length($2) - 35)
      status[id] = $1
    }
    {
      rest = $0
      while (match(rest, /"uuid":"[^"]*"/)) {
        named[substr(rest, RSTART + 8, RLENGTH - 9)] = 1
        rest = substr(rest, RSTART + RLENGTH)
      }
    }
    END {
      for (id in status) {
        good = status[id] == 200 && id in named
        if (good) done++; else failed++
        print "{\"id\":\"" id "\",\"status\":\"" (good ? "success" : "failed") "\",\"http\":" status[id] "}" >log_file
      }
      print "requests " done + 0
      print "failed " failed + 0
    }'
}

run() {  # place, url, rows file, rows
  write_config "$2" "$1/keys/ca.pem" "$3" "$4" >"$1/curl.config"
  curl --parallel --silent --show-error --config "$1/curl.config" 2>"$1/curl.err" | judge "$1/curl.log"
  cat "$1/curl.err" >&2
}

case $1 in
  check) command -v curl >/dev/null || { echo 'curl is not installed'; exit 1; } ;;
  prepare) ;;
  run) run "${@:2}" ;;
esac
