#!/usr/bin/env bash
# readme.sh ROOT: README.md stays short and names every command; the topics of `amend help` fit a terminal.
# Links and references are checked by references.py, words by language.py.
set -euo pipefail
export LC_ALL=C.UTF-8
lines_max=250
bytes_max=16384
columns_max=80
title_max=63  # `amend help` lists the titles
offences=0
offend() { echo "$*"; offences=$((offences + 1)); }

look_at_readme() {  # file, table of commands
  local lines bytes command found=0
  lines=$(wc -l <"$1")
  bytes=$(wc -c <"$1")
  [ "$lines" -le $lines_max ] || offend "README.md has $lines lines, at most $lines_max"
  [ "$bytes" -le $bytes_max ] || offend "README.md has $bytes bytes, at most $bytes_max"
  while IFS= read -r command; do
    found=$((found + 1))
    grep -qE -- "amend $command\b" "$1" || offend "README.md does not name \`amend $command\`"
  done < <(sed -n 's/^ *CommandEntry(Command::[a-z_]*, "\([a-z]*\)".*/\1/p' "$2")
  [ $found -gt 10 ] || { echo "only $found commands were found in $2"; exit 2; }
}

look_at_topic() {  # file
  local title
  grep -nE "^.{$((columns_max + 1)),}" "$1" | sed "s|^|${1##*/}: wider than $columns_max columns: |" || true
  ! grep -qE "^.{$((columns_max + 1)),}" "$1" || offences=$((offences + 1))
  title=$(head -n 1 "$1")
  [[ $title == '# '* ]] || offend "${1##*/}: the first line is not a title"
  [ ${#title} -le $((title_max + 2)) ] || offend "${1##*/}: the title has more than $title_max characters"
}

# The lint itself: what it must refuse.
trial=$(mktemp -d)
trap 'rm -rf "$trial"' EXIT
printf 'x\n%.0s' {1..251} >"$trial/README.md"
printf 'No title\n%081d\n' 0 >"$trial/topic.md"
look_at_readme "$trial/README.md" "$1/src/cli/option/command_table.cpp" >/dev/null
look_at_topic "$trial/topic.md" >/dev/null
[ $offences -gt 10 ] || { echo "readme: the lint finds only $offences offences where there are many"; exit 2; }

offences=0
look_at_readme "$1/README.md" "$1/src/cli/option/command_table.cpp"
topics=0
for file in "$1"/src/cli/help/*.md; do
  look_at_topic "$file"
  topics=$((topics + 1))
done
[ $offences -eq 0 ] || { echo "readme: $offences offence(s)"; exit 1; }
echo "readme: $(wc -l <"$1/README.md") lines, $(wc -c <"$1/README.md") bytes, $topics topics"
