#!/usr/bin/env bash
# Installs what is missing to build amend on Debian 12; asks nothing, and does nothing when nothing is missing.
#   samples/install-packages.sh           what building and the quickstart need
#   samples/install-packages.sh --tests   what the tests need besides
#   samples/install-packages.sh --packaging what src/package/build.sh and tests/package/try.sh need besides
#   samples/install-packages.sh --bench   what bench/run.sh needs besides, but for node and npm
set -euo pipefail

build_packages=(g++ cmake ninja-build libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev
  libboost-system1.81-dev libssl-dev zlib1g-dev libfmt-dev libcli11-dev libtomlplusplus-dev libxxhash-dev openssl)
bench_packages=(doctest-dev libbenchmark-dev ccache wrk nghttp2-client curl python3-aiohttp)
test_packages=(doctest-dev libbenchmark-dev ccache strace fiu-utils e2fsprogs apache2-bin haproxy h2o zsh fish
  groff-base tinyproxy-bin python3-jsonschema python3-phonenumbers python3-fake-factory chromium chromium-driver)

say() { printf '%s\n' "$*" >&2; }

wanted=("${build_packages[@]}")
case ${1:-} in
  --tests) wanted+=("${test_packages[@]}") ;;
  --bench) wanted+=("${bench_packages[@]}") ;;
  --packaging) wanted+=(dpkg-dev debootstrap) ;;
esac
if [ "${1:-}" = --tests ] || [ "${1:-}" = --bench ]; then
  # Any nginx will do; nginx-light would push another flavour out.
  if ! PATH="$PATH:/usr/sbin:/sbin" command -v nginx >/dev/null; then wanted+=(nginx-light); fi
fi

distribution=$(. /etc/os-release 2>/dev/null && printf '%s-%s' "${ID:-unknown}" "${VERSION_ID:-unknown}") || true
if [ "${distribution:-}" != debian-12 ]; then
  say "This is not Debian 12, so nothing is installed for you. Going on with what is here; what is needed:"
  say "  a C++20 compiler (GCC 12 or later), CMake >= 3.25, Ninja, OpenSSL >= 3.0 with its command line program,"
  say "  Boost >= 1.81 with json, url and system, zlib, fmt >= 9, CLI11 >= 2.1, toml++ >= 3.3, xxhash >= 0.8; for the tests doctest >= 2.4, Google Benchmark, strace,"
  say "  fiu-utils, nginx, Apache httpd, HAProxy, h2o, tinyproxy, zsh, fish, groff, Python's jsonschema, phonenumbers and Faker, and Chromium with its driver"
  exit 0
fi

installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null | sed -n 's/^installed //p') || true
missing=()
for package in "${wanted[@]}"; do
  grep -qxF -- "$package" <<<"$installed" || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
  as_root=()
elif command -v sudo >/dev/null; then
  as_root=(sudo)
else
  say "Packages are missing and there is neither root nor sudo to install them. As root:"
  say "  apt-get update && apt-get install --no-install-recommends ${missing[*]}"
  exit 1
fi
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@" </dev/null >&2
}

# Tests need the programs of web servers, not a web server on this machine: keep their packages from starting one.
policy=/usr/sbin/policy-rc.d
policy_is_ours=
undo_policy() {
  [ -z "$policy_is_ours" ] || "${as_root[@]}" rm -f "$policy"
  policy_is_ours=
}
trap undo_policy EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
servers=()
for package in nginx-light:nginx apache2-bin:apache2 haproxy:haproxy h2o:h2o; do
  case " ${missing[*]} " in *" ${package%:*} "*) servers+=("${package#*:}") ;; esac
done
if [ ${#servers[@]} -gt 0 ] && [ ! -e "$policy" ]; then
  policy_is_ours=yes
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
fi

say "Installing: ${missing[*]}"
apt update || say "The package lists could not all be refreshed; trying with those that are here."
apt install -y --no-install-recommends "${missing[@]}" || {
  say "The packages could not be installed; see the messages above. Needed: ${missing[*]}"
  exit 1
}
if [ ${#servers[@]} -gt 0 ] && command -v systemctl >/dev/null; then  # nor at the machine's next start
  "${as_root[@]}" systemctl disable "${servers[@]}" >/dev/null 2>&1 || true
fi
