#!/usr/bin/env bash
# An aiohttp script, the whole job, 100 requests at once; Debian's Python, since aiohttp is Debian's.
#   aiohttp.sh check | prepare PLACE URL ROWS_FILE ROWS SECONDS | run PLACE URL ROWS_FILE ROWS SECONDS
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python=/usr/bin/python3
case $1 in
  check) "$python" -c 'import aiohttp' 2>/dev/null || { echo 'aiohttp (python3-aiohttp) is not installed'; exit 1; } ;;
  prepare) ;;
  run) exec "$python" "$here/aiohttp_rows.py" "$3" "$2/keys/ca.pem" "$4" "$5" "$2/aiohttp.log" ;;
esac
