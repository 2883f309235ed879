#!/usr/bin/env bash
# simulator.sh ROOT: src/sim/README.md names every option of wonder-sim, and no other in its tables.
set -euo pipefail
page=$1/src/sim/README.md
known=$(grep -oE '"--[a-z][a-z-]*' "$1/src/sim/options.cpp" | tr -d '"' | sort -u)
named=$(sed -n '/^## §3/,/^## §4/p' "$page" | grep -oE '`--[a-z][a-z-]*' | tr -d '`' | sort -u)
[ "$(wc -l <<<"$known")" -gt 10 ] || { echo "few options were found in src/sim/options.cpp"; exit 2; }
missing=$(comm -23 <(echo "$known") <(echo "$named"))
other=$(comm -13 <(echo "$known") <(echo "$named"))
[ -z "$missing" ] || { echo "src/sim/README.md does not name:" $missing; exit 1; }
[ -z "$other" ] || { echo "wonder-sim does not have, but src/sim/README.md names:" $other; exit 1; }
echo "simulator: $(wc -l <<<"$known") options"
