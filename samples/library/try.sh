#!/usr/bin/env bash
# Installs a finished build of amend into a folder, builds this sample against it with find_package(amend), and runs it
# against wonder-sim:   samples/library/try.sh BUILD FOLDER [compiler flags]
set -euo pipefail
[ $# -ge 2 ] || { echo "usage: $0 BUILD FOLDER [compiler flags]" >&2; exit 2; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(cd "$1" && pwd)
mkdir -p "$2"
folder=$(cd "$2" && pwd)
flags=${3:-}
. "$here/../simulator.sh"
trap stop_simulator EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

rm -rf "$folder/installed" "$folder/build" "$folder/run" "$folder/applied"
cmake --install "$build" --prefix "$folder/installed" >"$folder/install.log"
cmake -S "$here" -B "$folder/build" -G Ninja -DCMAKE_PREFIX_PATH="$folder/installed" -DCMAKE_CXX_FLAGS="$flags"
cmake --build "$folder/build"

"$here/../dev-certificates.sh" "$folder/keys"
app_id=0b8f5a52-6f0e-4d59-9c1b-7a3c1f0e2d44
start_simulator "$folder/installed/bin/wonder-sim" "$folder/wonder-sim.log" --cert "$folder/keys/server.pem" \
  --key "$folder/keys/server.key" --public-key "$folder/keys/app.pub" --app-id "$app_id" --accept-any-id

export URL=$simulator_url APP_ID=$app_id PRIVATE_KEY_FILE=$folder/keys/app.key CA_FILE=$folder/keys/ca.pem
program=$folder/build/update_customers

expect() {  # exit code, rows updated, run directory, command…
  local wanted=$1 updated=$2 run=$3 code=0
  shift 3
  "$program" "$@" || code=$?
  local success
  success=$(grep -c '"status":"success"' "$run/results.ndjson") || true
  [ "$code" -eq "$wanted" ] && [ "$success" -eq "$updated" ] && return
  echo "$1: expected exit code $wanted and $updated rows updated; got $code and ${success:-none}" >&2
  exit 1
}

# customers.ndjson: 15 rows, two of them bad on purpose.
rows=$here/../customers.ndjson
expect 0 1 "$folder/run" update "$rows" "$folder/run" 1
expect 1 13 "$folder/run" resume "$folder/run"
sed 's/"name": "/&New /' "$rows" >"$folder/renamed.ndjson"
# One of the 13 rows keeps its name.
expect 1 12 "$folder/applied" reconcile "$folder/renamed.ndjson" "$folder/applied"
"$program" undo "$folder/applied" | tee "$folder/undone.log"
grep -q '^12 rows, 12 updated, 0 rejected' "$folder/undone.log"
