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

rm -rf "$folder/installed" "$folder/run" "$folder/build"
cmake --install "$build" --prefix "$folder/installed" >"$folder/install.log"
cmake -S "$here" -B "$folder/build" -G Ninja -DCMAKE_PREFIX_PATH="$folder/installed" -DCMAKE_CXX_FLAGS="$flags"
cmake --build "$folder/build"

"$here/../dev-certificates.sh" "$folder/keys"
app_id=0b8f5a52-6f0e-4d59-9c1b-7a3c1f0e2d44
start_simulator "$folder/installed/bin/wonder-sim" "$folder/wonder-sim.log" --cert "$folder/keys/server.pem" \
  --key "$folder/keys/server.key" --public-key "$folder/keys/app.pub" --app-id "$app_id" --accept-any-id

code=0
"$folder/build/update_customers" "$here/../customers.ndjson" "$simulator_url" "$app_id" "$folder/keys/app.key" \
  "$folder/keys/ca.pem" "$folder/run" || code=$?
# customers.ndjson: 15 rows, two of them bad on purpose.
success=$(grep -c '"status":"success"' "$folder/run/results.ndjson" || true)
if [ "$code" -ne 1 ] || [ "$success" -ne 13 ]; then
  echo "expected exit code 1 and 13 rows updated; got $code and ${success:-none}" >&2
  exit 1
fi
