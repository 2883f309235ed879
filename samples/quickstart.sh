#!/usr/bin/env bash
# From a fresh clone to a first run: installs what is missing (Debian 12), builds, starts the simulated customers API on
# this machine and brings the customers of samples/customers.csv up to date there. Nothing leaves this machine but the
# download of packages. Leaves no process behind; may be run again at any time.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top"
. samples/simulator.sh

# What samples/customers.csv holds: eight rows are bad on purpose.
rows_good=520
rows_bad=8

step() { printf '\n== %s\n' "$*" >&2; }

step "1/4 packages"
samples/install-packages.sh

step "2/4 build (the first time takes some minutes)"
generator=()
[ -e build/CMakeCache.txt ] || generator=(-G Ninja)
cmake -S . -B build "${generator[@]}" -DCMAKE_BUILD_TYPE=Release >&2
cmake --build build --target amend-cli wonder-sim -j "$(nproc)" >&2

step "3/4 a throw-away key and authority, and the simulated API"
place=build/quickstart
samples/dev-certificates.sh "$place"
app_id=0b8f5a52-6f0e-4d59-9c1b-7a3c1f0e2d44
trap stop_simulator EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
start_simulator build/bin/wonder-sim "$place/wonder-sim.log" --cert "$place/server.pem" --key "$place/server.key" \
  --public-key "$place/app.pub" --app-id "$app_id" --accept-any-id --request-log "$place/requests.ndjson"
echo "wonder-sim listens at $simulator_url" >&2

step "4/4 amend update"
run="$place/run-$(date -u +%Y%m%dT%H%M%SZ)-$$"
command=(build/bin/amend update samples/customers.csv --url "$simulator_url" --app-id "$app_id"
  --private-key "$place/app.key" --ca-file "$place/ca.pem" --run "$run" --rate 200/s --yes)
printf '$ %s\n\n' "${command[*]}" >&2
code=0
"${command[@]}" || code=$?

step "what was written"
count() { grep -c "\"status\":\"$1\"" "$run/results.ndjson" || true; }
if [ ! -s "$run/results.ndjson" ]; then
  echo "amend ended with exit code $code and wrote no results" >&2
  exit 1
fi
echo "three lines of $run/results.ndjson:" >&2
grep '"status":"success"' "$run/results.ndjson" | head -n 2 || true
grep '"status":"rejected"' "$run/results.ndjson" | head -n 1 || true
echo "the files:" >&2
ls -l "$top/$run" >&2

success=$(count success)
rejected=$(count rejected)
if [ "$code" -ne 1 ] || [ "$success" -ne $rows_good ] || [ "$rejected" -ne $rows_bad ]; then
  echo "Not as expected: exit code $code (1 expected), $success success ($rows_good expected)," \
    "$rejected rejected ($rows_bad expected)" >&2
  exit 1
fi
printf '\nAll well: %s customers updated, and the %s rows that are bad on purpose were rejected (so amend says 1).\n' \
  "$success" "$rejected" >&2
