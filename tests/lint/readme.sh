#!/usr/bin/env bash
# readme.sh codes ROOT            every own error code stands in README.md, and README.md names no other
# readme.sh options ROOT AMEND    every option that `AMEND … --help` prints stands in README.md
set -euo pipefail
what=$1
readme=$2/README.md
[ -s "$readme" ] || { echo "there is no README.md"; exit 1; }
offences=0

codes() {
  local code found=0
  while IFS= read -r code; do
    found=$((found + 1))
    grep -qF -- "\`$code\`" "$readme" || { echo "README.md does not name the error code \`$code\`"; offences=$((offences + 1)); }
  done < <(sed -n 's/.*OwnCode{"\([^"]*\)".*/\1/p' "$1/src/row/error.cpp")
  [ $found -gt 0 ] || { echo "no code was found in src/row/error.cpp"; exit 2; }
  while IFS= read -r code; do
    grep -qF -- "OwnCode{\"$code\"" "$1/src/row/error.cpp" ||
      { echo "README.md's table names \`$code\`, which amend cannot write"; offences=$((offences + 1)); }
  done < <(sed -n 's/^| `\(\(answer\|guard\|http\|input\|reconcile\|tls\|transport\|value\|run\)\.[^`]*\)`.*/\1/p' "$readme")
  echo "readme: $found error codes"
}

options() {
  local command option found=0
  for command in '' update check reconcile verify undo resume retry status runs control export report explain ping bench completion man; do
    # shellcheck disable=SC2086
    while IFS= read -r option; do
      found=$((found + 1))
      grep -qE -- "(^|[^a-z-])$option([^a-z-]|\$)" "$readme" ||
        { echo "README.md does not name the option $option of \`amend $command\`"; offences=$((offences + 1)); }
    done < <("$1" $command --help | grep -oE -- '(^|[^a-z-])--[a-z][a-z0-9-]*' | grep -oE -- '--.*' | sort -u)
  done
  [ $found -gt 10 ] || { echo "only $found options were found in --help"; exit 2; }
  echo "readme: $found options"
}

case $what in
  codes) codes "$2" ;;
  options) options "$3" ;;
  *) echo "usage: readme.sh codes|options ROOT [AMEND]" >&2; exit 2 ;;
esac
[ $offences -eq 0 ]
