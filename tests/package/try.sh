#!/usr/bin/env bash
# Installs the .deb in a clean Debian 12 of its own, unpacks the tarball in another, and runs the programs in both: a
# customer is updated at wonder-sim. Needs root, debootstrap and a Debian mirror; leaves nothing behind.
#   tests/package/try.sh [FOLDER]      where src/package/build.sh has put them
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
folder=$(realpath "${1:-$top/build-package}")
mirror=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p; s/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\) .*/\2/p' \
  /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
  awk '!/security/ && !found++') || true
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

debootstrap --variant=minbase bookworm "$work/clean" "${mirror:-http://deb.debian.org/debian}" >"$work/log" 2>&1 ||
  { tail -5 "$work/log" >&2; exit 1; }

update_one() {  # root: wonder-sim and amend in it do their work
  chroot "$1" /bin/sh -c '
    set -eu
    cd /tmp
    printf "id,name,phone\n3f2504e0-4f89-41d3-9a0c-0305e82c3301,Chan,1\n" > customers.csv
    wonder-sim --plain --accept-any-id --port 8080 --max-runtime 1m > sim.log &
    server=$!
    for i in 1 2 3 4 5 6 7 8 9 10; do grep -q listening sim.log && break; sleep 0.2; done
    amend update customers.csv --url http://127.0.0.1:8080 --auth none --run run --quiet
    kill $server
    grep -c "\"status\":\"success\"" run/results.ndjson >/dev/null
    amend --version'
}

cp -a "$work/clean" "$work/deb"
cp "$folder"/amend_*.deb "$work/deb/tmp/amend.deb"
chroot "$work/deb" /bin/sh -c 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq /tmp/amend.deb' \
  >"$work/log" 2>&1 || { tail -20 "$work/log" >&2; exit 1; }
update_one "$work/deb"
for file in /usr/share/man/man1/amend-update.1.gz /usr/share/man/man1/amend-update.1; do
  [ ! -e "$work/deb$file" ] || found=$file
done
[ -n "${found:-}" ] || echo "note: minbase leaves manual pages out" >&2
[ -s "$work/deb/usr/share/bash-completion/completions/amend" ]

tar -xzf "$folder"/amend-*.tar.gz -C "$work/clean"
update_one "$work/clean"
echo "both packages work in a clean Debian 12"
