# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # names are shared with those that source this
# Signed rows on all cores, beside what `openssl speed` signs on all cores. The server runs on the same cores: what it
# took of them is taken off. To be sourced by run.sh.

openssl_signs() {  # cores; sets signs, signatures a second
  local seconds=10
  [ -z "$tiny" ] || seconds=1
  measure 90 openssl speed -seconds "$seconds" -multi "$1" rsa2048
  signs=$(awk '/^rsa 2048 bits/ { figure = $(NF - 1) } END { print figure }' "$place/client.out")
  [ -n "$signs" ] || die "openssl speed said no figure: $(tail -n 5 "$place/client.out")"
}

# Both processes on any core, unlike elsewhere.
signed_run() {  # rows
  # shellcheck disable=SC2034
  local client_core=() server_core=()
  start_server trivial
  run_amend "$build/bin/amend" "$1" 300 --limit "$1" --app-id 0b8f5a52-6f0e-4d59-9c1b-7a3c1f0e2d44 \
    --private-key "$place/keys/app.key" --workers 0 "${usual_flow[@]}"
  stop_server
  check_amend "$1"
}

part_signed() {
  local rows=80000 cores turn rate crude signs rates='' limits='' shares
  [ -z "$tiny" ] || rows=100
  cores=$(nproc)
  for ((turn = 1; turn <= turns; turn++)); do
    signed_run "$rows"
    rate=$(calculate '%.1f' "$rows / ($wall - $server_cpu / $cores)")
    crude=$(calculate '%.1f' "$rows / $wall")
    openssl_signs "$cores"
    rates+="$rate " limits+="$signs "
    say "turn $turn of $turns, signed: $rate rows/s ($crude without the server's share taken off), openssl $signs"
  done
  shares=$(ratios "$rates" "$limits")
  add_figure "signed rows per second on $cores cores" \
    "$(calculate '%.0f' "$(median "$rates")" | grouped): $(calculate '%.0f' "100 * $(median "$shares")") % of \`openssl speed rsa2048\`"
  add_row "signed rows/s on all $cores cores, beside \`openssl speed -multi $cores rsa2048\`" '≥ 0.95 ×' \
    "$(spread '%.3f' "$shares") ×: $(spread '%.0f' "$rates" | grouped) rows/s" "$(holds "$(median "$shares")" '>=' 0.95)"
}
