#!/usr/bin/env bash
# tree.sh ROOT: names, sizes and leftovers in the project's own files.
set -euo pipefail
cd "$1"
offences=0
offend() { echo "$*"; offences=$((offences + 1)); }

# The words are split here so that this file does not find itself.
leftover='\b(TO''DO|FIX''ME|X''XX|not imple''mented|place''holder)\b'
drawer='(^|/)(utils?|common|helpers?|misc|base|manager)(\.|/|_)'
lines_max=500

files=$(find CMakeLists.txt README.md CHANGELOG.md .github include src tests samples bench .ci -type f 2>/dev/null \
  ! -path 'tests/data/*' ! -name '*.csv' ! -name '*.ndjson' | sort) || true  # not every tree has every folder
[ -n "$files" ] || { echo "tree: no file to look at"; exit 2; }

# The top level: what a reader of `ls` has to take in. Files that git does not know are no matter.
while IFS= read -r entry; do
  case $entry in
    CMakeLists.txt | README.md | CHANGELOG.md | LICENSE | bench | include | samples | src | tests | .*) ;;
    *) offend "$entry: does not belong to the top level" ;;
  esac
done < <(git ls-files 2>/dev/null | cut -d/ -f1 | sort -u)

# One process for each rule, not for each file.
each() { xargs -d '\n' "$@" <<<"$files" || true; }  # grep: 1 when there is nothing to find

while IFS= read -r file; do offend "$file: a drawer; the concept in it wants a name"; done \
  < <(grep -E "$drawer" <<<"$files" || true)
while read -r lines file; do
  case $file in
    include/* | src/* | tests/*)
      [ "$lines" -le $lines_max ] || offend "$file: $lines lines, at most $lines_max"
      ;;
  esac
done < <(each wc -l)
while IFS= read -r hit; do offend "$hit: unfinished by its own words"; done \
  < <(each grep -HnIE "$leftover" | cut -c1-160)

# To the linker two classes of one name in one namespace are one: it takes the constructor of either for both.
while IFS= read -r twice; do offend "$twice: another header has a class of this name"; done < <(
  grep -E '^(include|src)/.*\.hpp$' <<<"$files" | xargs -r -d '\n' awk '
    FNR == 1 { space = "" }
    /^namespace [a-z0-9_:]+ \{/ { space = $2 }
    /^(class|struct) [A-Za-z0-9_]+ .*\{/ && seen[space "::" $2]++ { print FILENAME ":" FNR ": " space "::" $2 }')

[ $offences -eq 0 ] || { echo "tree: $offences offence(s)"; exit 1; }
echo "tree: $(wc -l <<<"$files") files looked at"
