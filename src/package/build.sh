#!/usr/bin/env bash
# Builds amend_VERSION_ARCH.deb, for Debian 12, and amend-VERSION-ARCH.tar.gz, whose programs need no shared library but
# the C library's, into FOLDER (default: build-package).
#   src/package/build.sh [FOLDER]
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
folder=$(realpath -m "${1:-$top/build-package}")
cd "$top"

samples/install-packages.sh --packaging

pack() {  # generator, name of the build, cmake options
  local generator=$1 build=$folder/$2
  shift 2
  cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release "$@" >/dev/null
  cmake --build "$build" -j "$(nproc)"
  (cd "$build" && cpack -G "$generator" -B "$folder" >/dev/null)
}

pack DEB shared
pack TGZ static -DAMEND_STATIC=ON
rm -rf "$folder/_CPack_Packages"
ls -l "$folder"/*.deb "$folder"/*.tar.gz
