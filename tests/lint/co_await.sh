#!/usr/bin/env bash
# co_await.sh LINT ROOT: each file in fixtures/ is judged as its name says, and the project has no forbidden shape.
set -euo pipefail
lint=$1
root=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

"$lint" "$here/fixtures/good.txt" || { echo "sound shapes were refused"; exit 1; }
for fixture in "$here"/fixtures/*.txt; do
  shape=$(basename "$fixture" .txt)
  shape=${shape%%_*}
  [ "$shape" != good ] || continue
  said=$("$lint" "$fixture") && { echo "$fixture was let pass"; exit 1; }
  [ "$(grep -c ": $shape\$" <<<"$said")" -eq 1 ] && [ "$(wc -l <<<"$said")" -eq 2 ] || {
    printf '%s: expected just one "%s", got:\n%s\n' "$fixture" "$shape" "$said"
    exit 1
  }
done

cd "$root"
{ find include src tests bench samples \( -name '*.hpp' -o -name '*.cpp' \) -print0 2>/dev/null || true; } | xargs -0 "$lint"
