# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # names are shared with those that source this
# The stages by themselves: stage_bench, repeated in random order. To be sourced by run.sh.

micro_rows=
part_micro() {
  local options=(--benchmark_repetitions="$turns" --benchmark_enable_random_interleaving=true --benchmark_format=csv)
  [ -z "$tiny" ] || options=(--benchmark_min_time=0.001 --benchmark_format=csv)
  measure 900 "${client_core[@]}" "$build/bin/stage_bench" "${options[@]}"
  [ "$exit_code" -eq 0 ] || die "stage_bench ended with exit code $exit_code: $(tail -n 5 "$place/client.out")"
  micro_rows=$(micro_figures <"$place/client.out")
  say "$micro_rows"
}

# Nanoseconds of CPU for each item: "| name | median (least to most) |".
micro_figures() {
  awk -F, '
    function figure(n) { return n >= 100 ? sprintf("%.0f", n) : sprintf("%.1f", n) }
    /^"/ && $1 !~ /_(mean|median|stddev|cv)"$/ && $7 > 0 {
      name = $1
      gsub(/"/, "", name)
      if (!(name in runs)) order[++names] = name
      at[name, ++runs[name]] = 1e9 / $7
    }
    END {
      for (i = 1; i <= names; i++) {
        name = order[i]
        n = runs[name]
        for (a = 2; a <= n; a++)
          for (b = a; b > 1 && at[name, b] < at[name, b - 1]; b--) {
            swap = at[name, b]; at[name, b] = at[name, b - 1]; at[name, b - 1] = swap
          }
        middle = n % 2 ? at[name, (n + 1) / 2] : (at[name, n / 2] + at[name, n / 2 + 1]) / 2
        printf "| `%s` | %s (%s to %s) |\n", name, figure(middle), figure(at[name, 1]), figure(at[name, n])
      }
    }'
}

micro_table() {
  [ -n "$micro_rows" ] || return 0
  printf '\n| stage by itself (`stage_bench`) | ns for each row |\n|---|---|\n%s\n' "$micro_rows"
}
