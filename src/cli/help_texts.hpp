// What stands below the options in --help: examples, exit codes, rules. Layer 5.
#pragma once

#include <string_view>

namespace amend::cli {

inline constexpr std::string_view root_footer = R"(
Examples:
  amend ping --url https://gateway-stg.wonder.today --app-id UUID --private-key key.pem
  amend check customers.csv
  amend update customers.csv --dry-run
  amend update customers.csv --url https://gateway-stg.wonder.today
  amend resume amend-runs/20261124T031500Z-0a1b2c

`amend help COMMAND` shows the options of a command.
Exit codes: 0 all rows succeeded, 1 some did not, 2 usage or configuration, 3 input, 4 stopped (outage, deadline, stall), 5 stopped
(credentials, TLS, wrong host), 6 results not durable, 7 run directory in use, 70 defect, 130/143 interrupted.)";

inline constexpr std::string_view update_footer = R"(
An option stands above its environment variable, that above the --config file, that above the default.
TIME takes a unit: 500ms, 30s, 5m, 8h.

Examples:
  amend update customers.csv --dry-run            show three requests, send nothing
  amend update customers.csv --limit 10           try ten rows first
  amend update customers.csv --rate 50/s --run runs/october
  amend update export.csv --encoding latin1 --id-column "Customer UUID" --map "name=Full Name"
  amend update - --format ndjson --yes --json < customers.ndjson)";

inline constexpr std::string_view reconcile_footer = R"(
Rows name their customers by id, or by reference_number (the merchant's own number). Fields that the file does not have
are not compared. The report goes to stdout, --json makes it one JSON object; plan.ndjson in the run directory has a line
for each row: = the same, * differs, + only in the file, - only at the API, ! could not be read, ~ another row of its
customer stands for it, . not looked at. It holds personal data.
With --apply what differs is sent: the fields that the file has, and the current ones the API asks for. What was there
before is in rollback.ndjson first, `amend undo` gives it back. A row that is right already ends as unchanged.
Exit codes: 0 all the same (now, with --apply), 1 something differs or could not be read, 2 to 7 as for update.

Examples:
  amend reconcile crm.csv --url https://gateway-stg.wonder.today
  amend reconcile crm.csv --reference-column "Customer No" --ignore-case email --ignore-space
  amend reconcile crm.csv --look-up list --show-missing --json
  amend reconcile crm.csv --apply --recheck --run runs/november
  amend reconcile tonight.csv --baseline runs/last-night --apply)";

inline constexpr std::string_view verify_footer = R"(
Reads the customers of each row that ended as success or unchanged, and compares as reconcile does. Options not given
are those of the run; its input must be there as it was. The result is a run directory of its own.
Exit codes: 0 the API holds what the run has sent, 1 it does not, or not all could be read, 2 to 7 as for update.

Examples:
  amend verify runs/november
  amend verify runs/november --sample 5%)";

inline constexpr std::string_view undo_footer = R"(
Reads each customer that the run may have written, and sends what was there before: only fields that the run has changed,
and only where they are still as the run has left them. A customer that somebody else has changed since is left alone and
listed. Not given back are a company_name, which the API never shows, and a name, email, phone or dial_code that was
empty. The report comes first; the result is a run of its own, which can be undone too.

Examples:
  amend undo runs/november
  amend undo runs/november --run runs/november-undone --yes)";

inline constexpr std::string_view check_footer = R"(
Needs no --url and no credentials. The report goes to stdout, --json makes it one JSON object.
Exit codes: 0 nothing to complain about, 1 rows that would be rejected or customers in several rows, 2 usage or mapping,
3 the input cannot be read.

Examples:
  amend check customers.csv
  amend check export.csv --encoding windows-1252 --rate 50/s
  amend check export.csv --id-column "Customer UUID" --map "name=Full Name" --save-config export.toml
  amend update export.csv --config export.toml    the same columns again)";

inline constexpr std::string_view resume_footer = R"(
Options not given are those of the run; keys come from the same files or variables. What was cut off its log by a crash
is said. The input must be what it was: each row that has a result is compared first. Rows that may have been in flight
when the run ended are sent again, and their records say so. A finished run sends nothing and gives its exit code.

Examples:
  amend resume amend-runs/20261124T031500Z-0a1b2c
  amend resume runs/october --rate 50/s)";

inline constexpr std::string_view retry_footer = R"(
Sends the rows of RUN and of its retries that are failed, unknown or unsent, as a new run beside it. A row whose customer
succeeded in a later row or run is not sent: it is superseded. A row is held back while a later one of its customer is
not among those chosen. Options not given are those of the run. A run that was killed is resumed first.

Examples:
  amend retry runs/october
  amend retry runs/october --only failed --code http.500)";

inline constexpr std::string_view status_footer = R"(
Counts each row by its last record in the run, the runs it retries and the retries beside it. Reads only; a run that
still goes on may be looked at. Exit codes: 0 every row ended in success or superseded, 1 not so, or not known yet.

Examples:
  amend status amend-runs/20261124T031500Z-0a1b2c
  amend status runs/october --json)";

inline constexpr std::string_view control_footer = R"(
  pause           nothing more is sent; answers in flight are taken. resume goes on
  rate RATE       another pace from now on, as --rate takes it: 50/s, 90/m, unlimited, auto, auto:100/s
  connections N   so many connections from now on, 1 to 256, but at least one for each worker
  status          what the run is doing; --watch shows it each second
  drain           stops as one Ctrl-C does: the rest is unsent, exit code 4, `amend resume` goes on
Only the user whose run it is, and root, may. A pause counts against --deadline. What was changed holds until the run
ends; `amend resume` begins with the options of the run. Exit codes: 0 done, 2 no run goes on there, or it refuses.

Examples:
  amend control runs/october status --watch
  amend control runs/october rate 50/s)";

inline constexpr std::string_view export_footer = R"(
For people and spreadsheets: it is not to be fed back. The rows that can be are in failed, unknown, rejected and unsent.

Examples:
  amend export runs/october --csv > october.csv
  amend export runs/october --csv --out october.csv)";

inline constexpr std::string_view report_footer = R"(
The page needs nothing else: it opens from the disk, and prints. It names customers by id only; --show-values adds the
cells of example rows and the API's error texts. Reads only, but for the page, which replaces an older one. A run that
still goes on may be looked at. Exit codes: 0 done, 2 no run, 3 the log was changed: the page says what it lacks.

Examples:
  amend report runs/october
  amend report runs/october --out october.html)";

inline constexpr std::string_view runs_footer = R"(
The latest first. A run that goes on now may be among them. Reads only.

Examples:
  amend runs
  amend runs archive/october --json)";

inline constexpr std::string_view explain_footer = R"(
Exit codes: 0 a code of amend's own, or all of them; 1 not one of its own: the API's.

Examples:
  amend explain input.phone.missing
  amend explain http.503)";

inline constexpr std::string_view bench_footer = R"(
With --rate or --ramp requests go out when they are planned, whatever comes back, and latency counts from the planned
instant; without, each answer makes room for the next request. Nothing is retried, and nothing slows down: an answer 429
is counted, not obeyed. One request goes first: when its credentials are refused, nothing else is sent.
The tables go to stderr, --json prints bench.json (samples/bench.schema.json); both lie in the run directory, with
latency.hlog for the tools of HdrHistogram.
Exit codes: 0 measured, 1 the objective is not kept, 2 usage, 3 input, 4 no connection, 5 credentials, TLS, wrong host,
6 the files could not be written.

Examples:
  amend bench --url http://127.0.0.1:8080 --auth none --rate 200/s --duration 60s
  amend bench customers.csv --url https://127.0.0.1:8443 --connections 8 --pipeline 16
  amend bench --url ... --ramp 50..1000:50/s --step 10s
  amend bench --url ... --find-max --slo p99<300ms,errors<0.1%
  amend bench --url ... --rate 500/s --versus pipeline=16 --duration 100s)";

inline constexpr std::string_view completion_footer = R"(
Examples:
  amend completion bash > /etc/bash_completion.d/amend
  amend completion zsh > "${fpath[1]}/_amend"
  amend completion fish > ~/.config/fish/completions/amend.fish)";

inline constexpr std::string_view man_footer = R"(
Examples:
  amend man update | man -l -
  amend man > amend.1)";

inline constexpr std::string_view ping_footer = R"(
Sends one signed echo, which changes nothing, and shows address, TLS, latency and clock.

Examples:
  amend ping --url https://gateway-stg.wonder.today --app-id UUID --private-key key.pem
  amend ping --ipv4 --json)";

}  // namespace amend::cli
