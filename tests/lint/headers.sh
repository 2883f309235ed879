#!/usr/bin/env bash
# headers.sh ROOT: the .cpp file of a public header's name includes it first; each may be included twice, and needs no
# private header. CMakeLists.txt compiles each by itself.
set -euo pipefail
check() {  # root
  local header name source offences=0
  offend() { echo "$*"; offences=$((offences + 1)); }
  cd "$1"
  while IFS= read -r header; do
    name=${header#include/amend/}
    source=src/${name%.hpp}.cpp
    grep -qx '#pragma once' "$header" || offend "$header: no #pragma once"
    ! grep -nE '^#include "' "$header" | grep -v '"amend/' || offend "$header: includes a private header"
    [ ! -f "$source" ] || [ "$(grep -m1 '^#include' "$source")" = "#include \"amend/$name\"" ] ||
      offend "$source: amend/$name is not what it includes first"
  done < <(find include/amend -name '*.hpp' | sort)
  [ $offences -eq 0 ]
}

sample=$(mktemp -d)
trap 'rm -rf "$sample"' EXIT
mkdir -p "$sample/include/amend" "$sample/src"
must_refuse() {  # header, source
  printf '%b\n' "$1" >"$sample/include/amend/a.hpp"
  printf '%b\n' "$2" >"$sample/src/a.cpp"
  if (check "$sample") >/dev/null; then
    echo "headers.sh let pass: $1; $2"
    exit 1
  fi
}
must_refuse '#include <string>' '#include "amend/a.hpp"'
must_refuse '#pragma once\n#include "a/b.hpp"' '#include "amend/a.hpp"'
must_refuse '#pragma once' '#include <string>\n#include "amend/a.hpp"'

check "$1"
