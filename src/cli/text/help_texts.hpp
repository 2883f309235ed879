// The texts below the options in --help: rules, exit codes, examples. At most 80 columns wide. Layer 5.
#pragma once

#include <string>
#include <string_view>

#include "cli/text/help_topics.hpp"

namespace amend::cli {

inline constexpr std::string_view root_footer = R"(
Examples:
  amend ping --url https://gateway-stg.wonder.today --app-id UUID \
             --private-key key.pem
  amend check customers.csv
  amend update customers.csv --dry-run
  amend update customers.csv --url https://gateway-stg.wonder.today
  amend resume amend-runs/20261124T031500Z-0a1b2c

`amend help COMMAND` shows the options of a command.
`amend help TOPIC` explains a topic.

Exit codes: 0 all rows succeeded, 1 some did not, 2 usage or configuration,
3 input, 4 stopped (outage, deadline, stall), 5 stopped (credentials, TLS,
wrong host), 6 results not durable, 7 run directory in use, 70 defect of amend,
130/143 interrupted. See `amend help exit-codes`.)";

/// root_footer and the topics.
inline std::string program_footer() {
  std::string out(root_footer);
  out += "\n\nTopics:\n";
  for (const HelpTopic& topic : help_topics()) {
    std::string name("  ");
    name.append(topic.name).resize(16, ' ');
    out.append(name).append(" ").append(title_of(topic)).append("\n");
  }
  out.pop_back();
  return out;
}

inline constexpr std::string_view update_footer = R"(
An update cannot be undone. `amend reconcile FILE --apply` sends only what
differs, and `amend undo` restores it.
Precedence: command line, environment, --config file, default.
TIME has a unit: 500ms, 30s, 5m, 8h.
Topics: amend help input, rate, retries, resume, run-directory.

Examples:
  amend update customers.csv --dry-run            show 3 requests, send nothing
  amend update customers.csv --limit 10           try 10 rows first
  amend update customers.csv --rate 50/s --run runs/october
  amend update customers.csv --deadline 06:00     stop at 06:00 local time
  amend update export.csv --encoding latin1 --id-column "Customer UUID" \
               --map "name=Full Name"
  amend update - --format ndjson --yes --json < customers.ndjson)";

inline constexpr std::string_view reconcile_footer = R"(
Rows name their customers by id, or by reference_number (the merchant's own
number). amend does not compare fields that the file does not have.
The report is printed on stdout; --json makes it one JSON object. plan.ndjson in
the run directory has one line per row. It contains personal data. Signs:
  = same             * differs        + only in the file   - only at the API
  ! not readable     ~ superseded     . not read
--apply sends what differs: the fields of the file, and the current values that
the API requires. Before that, amend saves the old values to rollback.ndjson;
`amend undo` restores them. A row that already matches ends as unchanged.
Exit codes: 0 everything matches (with --apply: now), 1 something differs or
could not be read, 2 to 7 as for update.

Examples:
  amend reconcile crm.csv --url https://gateway-stg.wonder.today
  amend reconcile crm.csv --reference-column "Customer No" \
                  --ignore-case email --ignore-space
  amend reconcile crm.csv --look-up list --show-missing --json
  amend reconcile crm.csv --apply --recheck --run runs/november
  amend reconcile tonight.csv --baseline runs/last-night --apply)";

inline constexpr std::string_view verify_footer = R"(
Reads the customers of each row that ended as success or unchanged, and compares
as reconcile does. It changes nothing. Other options are those of the run. The
input must be there unchanged. The result is a new run directory.
Exit codes: 0 the API contains what the run has sent, 1 it does not or not all
customers could be read, 2 to 7 as for update.

Examples:
  amend verify runs/november
  amend verify runs/november --sample 5%)";

inline constexpr std::string_view undo_footer = R"(
Reads each customer that the run may have written, and sends the old values. It
restores only fields that the run has changed and that are still the same. It
skips and lists the others. It cannot restore company_name, which the API
never shows, nor a name, email, phone or dial_code that was empty.
The report comes first. The result is a new run, which you can undo, too.

Examples:
  amend undo runs/november
  amend undo runs/november --run runs/november-undone --yes)";

inline constexpr std::string_view check_footer = R"(
Needs no --url and no credentials. The report is printed on stdout; --json makes
it one JSON object.
Exit codes: 0 no findings, 1 rows that would be rejected, damaged values or
customers in several rows, 2 usage or mapping, 3 the input cannot be read.
Topics: amend help input, values.

Examples:
  amend check customers.csv
  amend check export.csv --encoding windows-1252 --rate 50/s
  amend check export.csv --id-column "Customer UUID" --map "name=Full Name" \
              --save-config export.toml
  amend update export.csv --config export.toml    the same columns again)";

inline constexpr std::string_view resume_footer = R"(
Options not given are those of the run. Keys are read from the same files or
variables. amend first compares each row that has a result with the input. Rows
that may have been in flight when the run ended are sent again; their records
have `"sent_before":"maybe"`. A finished run sends nothing and returns its exit
code.

Examples:
  amend resume amend-runs/20261124T031500Z-0a1b2c
  amend resume runs/october --rate 50/s)";

inline constexpr std::string_view retry_footer = R"(
Sends the rows of RUN and of its retries that are failed, unknown or unsent, as
a new run. A row is superseded, and not sent, if a later row of its customer has
succeeded. A row waits if a later row of its customer is not among those chosen.
Options not given are those of the run. Resume a killed run first.

Examples:
  amend retry runs/october
  amend retry runs/october --only failed --code http.500)";

inline constexpr std::string_view status_footer = R"(
Counts each row by its last record: in the run, in the runs that it retries, and
in their retries. Reads only; the run may still be running.
Exit codes: 0 every row is success, superseded or unchanged; 1 not so, or not
known yet; 3 a results log is damaged or missing.

Examples:
  amend status amend-runs/20261124T031500Z-0a1b2c
  amend status runs/october --json)";

inline constexpr std::string_view control_footer = R"(
Actions:
  status          what the run is doing; --watch shows it each second
  pause           send nothing more; responses in flight are still taken
  resume          continue after pause
  rate RATE       change the rate: 50/s, 90/m, unlimited, auto, auto:100/s
  connections N   change the connections: 1 to 256, at least one per worker
  drain           stop as one Ctrl-C does: remaining rows unsent, exit code 4
Only the user of the run, and root, may control it. A pause counts against
--deadline. Changes last until the run ends; `amend resume` starts with the
options of the run.
Exit codes: 0 done, 2 no run is running there, or it refused.

Examples:
  amend control runs/october status --watch
  amend control runs/october rate 50/s)";

inline constexpr std::string_view export_footer = R"(
For people and spreadsheets. To send rows again, use `amend retry RUN`, or the
files failed, unknown, rejected and unsent in the run directory.

Examples:
  amend export runs/october --csv > october.csv
  amend export runs/october --csv --out october.csv)";

inline constexpr std::string_view report_footer = R"(
One file without scripts that fetches nothing: it opens from the disk and
prints. It names customers by id only. --show-values adds the cells of example
rows and the API's error texts. It replaces an older page. The run may still be
running. Exit codes: 0 done, 2 no run, 3 the log was changed: the page shows the
records before that. See `amend help pages`.

Examples:
  amend report runs/october
  amend report runs/october --out october.html)";

inline constexpr std::string_view runs_footer = R"(
The latest run comes first. Running runs are listed, too. Reads only.

Examples:
  amend runs
  amend runs archive/october --json)";

inline constexpr std::string_view explain_footer = R"(
Exit codes: 0 a code of amend, or all of them; 1 another code: the API's own.

Examples:
  amend explain input.phone.missing
  amend explain http.503)";

inline constexpr std::string_view bench_footer = R"(
With --rate or --ramp, requests are sent when planned, whatever comes back;
latency counts from the planned time. Without them, each response makes room for
the next request (a closed loop). amend bench does not retry and does not slow
down: it counts a 429 and continues. One request goes first. If the API refuses
its credentials, no other request is sent.
Tables are printed on stderr; --json prints bench.json on stdout. Both are in
the run directory, with latency.hlog for the tools of HdrHistogram.
Exit codes: 0 measured, 1 objective not met, 2 usage, 3 input, 4 no connection,
5 credentials, TLS, wrong host, 6 files could not be written.

Examples:
  amend bench --url http://127.0.0.1:8080 --auth none --rate 200/s \
              --duration 60s
  amend bench customers.csv --url https://127.0.0.1:8443 --connections 8 \
              --pipeline 16
  amend bench --url ... --ramp 50..1000:50/s --step 10s
  amend bench --url ... --find-max --slo p99<300ms,errors<0.1%
  amend bench --url ... --rate 500/s --versus pipeline=16 --duration 100s)";

inline constexpr std::string_view help_footer = R"(
`amend help COMMAND` is `amend COMMAND --help`. `amend COMMAND --help-all` shows
the options that few people need, too.

Examples:
  amend help
  amend help update
  amend help retries
  amend help reconcile | less)";

inline constexpr std::string_view version_footer = R"(
Examples:
  amend version
  amend version --json)";

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
Sends one signed echo, which changes nothing. Shows address, TLS, latency and
clock. Exit codes: 0 all fine, 2 configuration, 4 no response, 429 or 5xx,
5 refused, or TLS.

Examples:
  amend ping --url https://gateway-stg.wonder.today --app-id UUID \
             --private-key key.pem
  amend ping --ipv4 --json)";

}  // namespace amend::cli
