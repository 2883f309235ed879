#!/usr/bin/env bash
# Makes throw-away keys and certificates for trying and testing on this machine. Never use them anywhere else.
#   samples/dev-certificates.sh DIR             what a run against wonder-sim needs
#   samples/dev-certificates.sh DIR --refused   besides, certificates that a careful client must refuse, and a client's
# Into DIR:
#   app.key  app.pub                   RSA-2048 pair that signs requests (PKCS#8, mode 0600; SubjectPublicKeyInfo)
#   ca.pem                             the authority to give to --ca-file; its key is thrown away
#   server.pem  server.key             for localhost, 127.0.0.1 and ::1
# and with --refused:
#   app-pkcs1.key                      the same private key as "BEGIN RSA PRIVATE KEY"
#   expired.pem  wrong-host.pem        by the same authority; both go with server.key
#   unknown-authority.pem              by an authority that is not in ca.pem; goes with server.key
#   client.pem                         to be shown to a server that asks for one; goes with server.key
# What is there already and good for another day is kept.
set -euo pipefail
[ $# -ge 1 ] || { echo "usage: $0 DIR [--refused]" >&2; exit 2; }
directory=$1
refused=${2:-}
mkdir -p "$directory"
cd "$directory"
umask 077

quietly() { "$@" 2>openssl.log || { cat openssl.log >&2; exit 1; }; }
new_ec_key() { quietly openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }

new_authority() {  # name, subject
  new_ec_key "$1.key"
  quietly openssl req -x509 -new -key "$1.key" -out "$1.pem" -days 30 -subj "/CN=$2" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign
}

issue() {  # name, authority, days, subjectAltName [, use]
  printf 'subjectAltName=%s\nbasicConstraints=CA:FALSE\nextendedKeyUsage=%s\n' "$4" "${5:-serverAuth}" >extensions.cnf
  quietly openssl req -new -key server.key -subj "/CN=amend throw-away server" -out request.pem
  quietly openssl x509 -req -in request.pem -CA "$2.pem" -CAkey "$2.key" -days "$3" -set_serial "0x$(openssl rand -hex 8)" \
    -extfile extensions.cnf -out "$1.pem"
}

local_names=DNS:localhost,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1
wanted=(app.key app.pub ca.pem server.pem server.key)
[ "$refused" != --refused ] || wanted+=(app-pkcs1.key expired.pem wrong-host.pem unknown-authority.pem client.pem)
complete=yes
for file in "${wanted[@]}"; do [ -s "$file" ] || complete=; done
if [ -n "$complete" ] && openssl x509 -in server.pem -noout -checkend 86400 >/dev/null; then exit 0; fi

quietly openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out app.key
quietly openssl pkey -in app.key -pubout -out app.pub
new_authority ca "amend throw-away authority"
new_ec_key server.key
issue server ca 30 "$local_names"
if [ "$refused" = --refused ]; then
  quietly openssl rsa -in app.key -traditional -out app-pkcs1.key
  issue expired ca -1 "$local_names"
  issue wrong-host ca 30 DNS:elsewhere.example
  issue client ca 30 "$local_names" clientAuth
  new_authority unknown "an authority nobody knows"
  issue unknown-authority unknown 30 "$local_names"
fi
rm -f ca.key unknown.key unknown.pem request.pem extensions.cnf openssl.log
