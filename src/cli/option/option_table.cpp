#include "cli/option/option_table.hpp"

#include <array>
#include <limits>

#include "cli/option/option_setters.hpp"
#include "cli/option/units.hpp"

namespace amend::cli {
namespace {

using Text = const std::string&;
using Name = std::string_view;

constexpr std::string_view connection = "Connection";
constexpr std::string_view credentials = "Credentials";
constexpr std::string_view input = "Input";
constexpr std::string_view columns = "Columns";
constexpr std::string_view comparing = "Comparing";
constexpr std::string_view rate = "Rate and connections";
constexpr std::string_view load = "Load";
constexpr std::string_view endurance = "Retries and deadlines";
constexpr std::string_view output = "Output";

constexpr CommandSet reporting{Command::update, Command::check,   Command::reconcile, Command::verify, Command::undo,
                               Command::resume, Command::retry,   Command::status,    Command::runs,   Command::control,
                               Command::report, Command::explain, Command::ping,      Command::bench};
constexpr CommandSet printing_json = reporting | CommandSet{Command::version};
// `check` needs no API. It takes these options so that the operator turns `update` into `check` by exchanging one word.
constexpr CommandSet sending{Command::update, Command::check, Command::reconcile, Command::verify, Command::undo,
                             Command::resume, Command::retry, Command::ping,      Command::bench};
constexpr CommandSet reading{Command::update, Command::check, Command::reconcile, Command::bench};
constexpr CommandSet choosing{Command::update, Command::check, Command::reconcile};
constexpr CommandSet whole_rows{Command::update, Command::check, Command::bench};
constexpr CommandSet running{Command::update, Command::reconcile, Command::undo, Command::resume, Command::retry};
constexpr CommandSet requesting{Command::update, Command::reconcile, Command::verify,
                                Command::undo,   Command::resume,    Command::retry};
constexpr CommandSet probing{Command::update, Command::reconcile, Command::undo, Command::resume};
constexpr CommandSet rated{Command::update, Command::check,  Command::reconcile, Command::verify,
                           Command::undo,   Command::resume, Command::retry,     Command::bench};
constexpr CommandSet connecting{Command::update, Command::reconcile, Command::verify, Command::undo,
                                Command::resume, Command::retry,     Command::bench};
constexpr CommandSet benching{Command::bench};
constexpr CommandSet reconciling{Command::reconcile};
constexpr CommandSet looking_up{Command::reconcile, Command::verify, Command::undo};
constexpr CommandSet showing_values{Command::reconcile, Command::verify, Command::undo, Command::report};
constexpr CommandSet comparing_values{Command::reconcile, Command::verify};
constexpr CommandSet verifying{Command::verify};
constexpr CommandSet updating{Command::update};
constexpr CommandSet accepting{Command::update, Command::reconcile, Command::resume};
constexpr CommandSet following{Command::resume, Command::retry};
constexpr CommandSet retrying{Command::retry};
constexpr CommandSet starting{Command::update, Command::reconcile, Command::verify,
                              Command::undo,   Command::retry,     Command::bench};
constexpr CommandSet checking{Command::check};
constexpr CommandSet controlling{Command::control};
constexpr CommandSet exporting{Command::export_log};
constexpr CommandSet writing_out{Command::export_log, Command::report};
constexpr CommandSet pinging{Command::ping};

// The commands whose --help shows an option. --help-all shows all options.
constexpr CommandSet always = CommandSet::all();
constexpr CommandSet rarely{};
constexpr CommandSet calling{Command::update, Command::reconcile, Command::verify,
                             Command::undo,   Command::ping,      Command::bench};
constexpr CommandSet choosing_input{Command::update, Command::check};
constexpr CommandSet showing_plainly{Command::verify, Command::undo, Command::report};
constexpr CommandSet accepting_findings{Command::update, Command::resume};
constexpr CommandSet tuning{Command::resume, Command::retry, Command::verify, Command::bench};
constexpr CommandSet not_reconciling{Command::update,  Command::check,  Command::verify,  Command::undo,
                                     Command::resume,  Command::retry,  Command::status,  Command::runs,
                                     Command::control, Command::report, Command::explain, Command::version,
                                     Command::ping};

// Columns: name, takers, everyday, arity, group, value, environment, description, apply.
constexpr std::array entries{
    OptionEntry{"url", sending, calling, Arity::once, connection, "URL", "AMEND_URL",
                "Address of the API, for example https://gateway-stg.wonder.today",
                [](Options& o, Name, Text v) { o.config.target.url = v; }},
    OptionEntry{"ca-file", sending, rarely, Arity::once, connection, "FILE", nullptr,
                "PEM file of trusted certificate authorities. Replaces the list of the system",
                [](Options& o, Name, Text v) { o.config.target.ca_file = v; }},
    OptionEntry{"client-cert", sending, rarely, Arity::once, connection, "FILE", nullptr,
                "PEM certificate chain for mutual TLS. Needs --client-key",
                [](Options& o, Name, Text v) { o.config.target.client_cert = v; }},
    OptionEntry{"client-key", sending, rarely, Arity::once, connection, "FILE", nullptr,
                "PEM private key of --client-cert", [](Options& o, Name, Text v) { o.config.target.client_key = v; }},
    OptionEntry{"proxy", sending, rarely, Arity::once, connection, "URL", nullptr,
                "HTTP proxy (CONNECT), for example http://proxy.example.com:3128. none: connect directly. Default: the "
                "variable HTTPS_PROXY, unless NO_PROXY names the host or the API is on this machine",
                [](Options& o, Name, Text v) { o.config.target.proxy = v; }},
    OptionEntry{"ipv4", sending, rarely, Arity::flag, connection, "", nullptr,
                "Use IPv4 only. Needed when the AppID is bound to IPv4 addresses",
                [](Options& o, Name, Text) { o.config.target.ipv4_only = true; }},
    OptionEntry{"allow-http", sending, rarely, Arity::flag, connection, "", nullptr,
                "Allow http:// to another machine. Everybody on the network path can read the data",
                [](Options& o, Name, Text) { o.config.target.allow_plain_http = true; }},
    OptionEntry{"echo-path", pinging, rarely, Arity::once, connection, "PATH", nullptr,
                "Path of the echo call (default /svc/payment/api/v1/openapi/echo)",
                [](Options& o, Name, Text v) { o.config.target.echo_path = v; }},

    OptionEntry{"auth", sending, benching, Arity::once, credentials, "KIND", nullptr,
                "wonder (default): sign each request. bearer: send a token. none: send no credentials",
                [](Options& o, Name n, Text v) { o.config.auth.kind = choose(n, v, auth_spellings); }},
    OptionEntry{"app-id", sending, calling, Arity::once, credentials, "UUID", "WONDER_APP_ID", "Your AppID from Wonder",
                [](Options& o, Name, Text v) { o.config.auth.app_id = v; }},
    OptionEntry{"private-key", sending, calling, Arity::once, credentials, "FILE", "WONDER_PRIVATE_KEY_FILE",
                "RSA signing key in PEM, readable by you alone. Without it amend reads the PEM text from the variable "
                "WONDER_PRIVATE_KEY",
                [](Options& o, Name, Text v) { o.config.auth.private_key_file = v; }},
    OptionEntry{"bearer-file", sending, rarely, Arity::once, credentials, "FILE", nullptr,
                "File that contains the token of --auth bearer, readable by you alone",
                [](Options& o, Name, Text v) { o.config.auth.bearer_file = v; }},
    OptionEntry{"header-file", sending, rarely, Arity::once, credentials, "FILE", nullptr,
                "File of further secret headers, one 'Name: value' per line, readable by you alone",
                [](Options& o, Name, Text v) { o.config.auth.header_file = v; }},
    OptionEntry{"header", sending, rarely, Arity::many, credentials, "'NAME: VALUE'", nullptr,
                "Send this header with each request. Put a secret header into --header-file. May be repeated",
                [](Options& o, Name, Text v) { o.config.auth.headers.push_back(v); }},

    OptionEntry{"format", reading, rarely, Arity::once, input, "FORMAT", nullptr,
                "csv, ndjson or auto (default): by the file name, else by the first byte",
                [](Options& o, Name n, Text v) { o.config.input.format = choose(n, v, format_spellings); }},
    OptionEntry{"delimiter", reading, checking, Arity::once, input, "CHAR", nullptr,
                "Separator of a CSV: one character, or the word tab, comma, semicolon or pipe (default: found in the "
                "header line)",
                [](Options& o, Name n, Text v) { o.config.input.delimiter = parse_delimiter(n, v); }},
    OptionEntry{"encoding", reading, choosing_input, Arity::once, input, "NAME", nullptr,
                "Encoding of the file: windows-1252, latin1, gbk, big5, or any other name that iconv knows (default: "
                "UTF-8, or UTF-16 if the file looks like it)",
                [](Options& o, Name, Text v) { o.config.input.encoding = v; }},
    OptionEntry{"recover", reading, checking, Arity::flag, input, "", nullptr,
                "Read each line inside a damaged quote as a row. Without --recover amend rejects these lines",
                [](Options& o, Name, Text) { o.config.input.recover = true; }},
    OptionEntry{"duplicates", choosing, choosing_input, Arity::once, input, "HOW", nullptr,
                "What to do with a customer in several rows. order (default): send all, in file order. last or first: "
                "send only that row. "
                "reject: send none. reconcile takes last (default), first or reject",
                [](Options& o, Name n, Text v) { o.config.input.duplicates = choose(n, v, duplicates_spellings); }},
    OptionEntry{"limit", reading, choosing_input, Arity::once, input, "N", nullptr,
                "Read only the first N rows (default: all; 3 with --dry-run)",
                [](Options& o, Name n, Text v) {
                  o.config.input.limit = parse_count(n, v, 1, std::numeric_limits<std::uint64_t>::max());
                }},
    OptionEntry{"strict", updating, rarely, Arity::flag, input, "", nullptr,
                "Stop (exit 3) if a row would be rejected. Nothing is sent then",
                [](Options& o, Name, Text) { o.config.input.strict = true; }},

    OptionEntry{
        "map", reading, choosing, Arity::many, columns, "FIELD=COLUMN", nullptr,
        "Read FIELD from COLUMN. A column with the name of a field needs no --map. May be repeated",
        [](Options& o, Name n, Text v) { o.config.mapping.columns.push_back(parse_assignment(n, v, "FIELD=COLUMN")); }},
    OptionEntry{"id-column", reading, choosing, Arity::once, columns, "COLUMN", nullptr,
                "Column that contains the customer's uuid (default: id or uuid)",
                [](Options& o, Name, Text v) { o.config.mapping.id_column = v; }},
    OptionEntry{"reference-column", reconciling, always, Arity::once, columns, "COLUMN", nullptr,
                "Column that contains the merchant's own customer number (default: reference_number, if there is no "
                "column id or uuid)",
                [](Options& o, Name, Text v) { o.config.mapping.reference_column = v; }},
    OptionEntry{"blank", reading, checking, Arity::many, columns, "FIELD=HOW", nullptr,
                "How to send a blank cell: omit (default, sends nothing), empty (sends \"\") or null. May be repeated",
                add_blank},
    OptionEntry{"null-text", reading, checking, Arity::many, columns, "TEXT", nullptr,
                "Treat a value that is exactly TEXT as blank (NULL, '\\N', '#N/A'). May be repeated",
                [](Options& o, Name, Text v) { o.config.mapping.null_texts.push_back(v); }},
    OptionEntry{"strip-formula", reading, checking, Arity::flag, columns, "", nullptr,
                "Take values out of =\"...\", and remove the apostrophe that a spreadsheet puts before a number",
                [](Options& o, Name, Text) { o.config.mapping.strip_formula = true; }},
    OptionEntry{"trim", reading, checking, Arity::flag, columns, "", nullptr,
                "Remove white space and invisible characters at both ends of values and ids",
                [](Options& o, Name, Text) { o.config.mapping.trim = true; }},
    OptionEntry{"split-phone", reading, checking, Arity::flag, columns, "", nullptr,
                "Move the country code of a phone that begins with + into dial_code",
                [](Options& o, Name, Text) { o.config.mapping.split_phone = true; }},
    OptionEntry{"guard", whole_rows, rarely, Arity::once, columns, "reference_number=COLUMN", nullptr,
                "Stop (exit 5) at the first response whose reference_number differs from this column", set_guard},

    OptionEntry{"look-up", looking_up, verifying, Arity::once, comparing, "HOW", nullptr,
                "How to read the customers: list (all, page by page), each (one request per row), or auto (default): "
                "list if it needs far fewer requests, else each",
                [](Options& o, Name n, Text v) { o.config.reconcile.look_up = choose(n, v, look_up_spellings); }},
    OptionEntry{
        "company-name", reconciling, rarely, Arity::once, comparing, "WHEN", nullptr,
        "How to compare company_name, which the API never shows. never (default): not at all. always: treat it as "
        "different. journal: compare with what earlier runs in the same folder sent",
        [](Options& o, Name n, Text v) { o.config.reconcile.company_name = choose(n, v, company_name_spellings); }},
    OptionEntry{"ignore-case", comparing_values, always, Arity::many, comparing, "FIELD", nullptr,
                "Ignore upper and lower case (ASCII) in FIELD. May be repeated",
                [](Options& o, Name, Text v) { o.config.reconcile.ignore_case.push_back(v); }},
    OptionEntry{"ignore-space", comparing_values, always, Arity::flag, comparing, "", nullptr,
                "Ignore white space around a value, and the amount of white space inside it",
                [](Options& o, Name, Text) { o.config.reconcile.ignore_space = true; }},
    OptionEntry{"show-missing", reconciling, always, Arity::flag, comparing, "", nullptr,
                "Also list the customers that are in no row of the file. Reads all customers of the API",
                [](Options& o, Name, Text) { o.config.reconcile.show_missing = true; }},
    OptionEntry{"show-values", showing_values, showing_plainly, Arity::flag, comparing, "", nullptr,
                "Show values of examples unmasked (personal data). report: also show the API's error texts",
                [](Options& o, Name, Text) { o.config.reconcile.show_values = true; }},
    OptionEntry{"baseline", reconciling, always, Arity::once, comparing, "PATH", nullptr,
                "An earlier version of FILE, or the directory of an earlier run. amend skips rows that are the same "
                "there: it does not read their customers",
                [](Options& o, Name, Text v) { o.config.reconcile.baseline = v; }},
    OptionEntry{"sample", verifying, always, Arity::once, comparing, "P%", nullptr,
                "Read only P percent of the rows, chosen at random, 0.0001% to 100%", set_sample},
    OptionEntry{
        "apply", reconciling, always, Arity::flag, comparing, "", nullptr,
        "Send what differs: one PUT per row that the comparison marks with *. Without --apply nothing is changed",
        [](Options& o, Name, Text) { o.config.reconcile.apply = true; }},
    OptionEntry{"recheck", reconciling, always, Arity::flag, comparing, "", nullptr,
                "With --apply: read each customer again right before its PUT. Skip the row if another program has "
                "changed the customer since the comparison",
                [](Options& o, Name, Text) { o.config.reconcile.recheck = Recheck::yes; }},

    OptionEntry{"rate", rated, always, Arity::once, rate, "N/s", nullptr,
                "Requests per second for the whole run, retries included: N/s, N/m (1/m to 1000000/s) or unlimited. "
                "auto: as fast as the API accepts. auto:N/s: the same, but at most N/s. Default 25/s. bench: rate of "
                "planned requests (default: a closed loop; --find-max begins at 10/s)",
                [](Options& o, Name n, Text v) { o.config.load.rate = parse_rate_setting(n, v); }},
    OptionEntry{"burst", requesting, rarely, Arity::once, rate, "N", nullptr,
                "Requests that may be sent at once after a pause, 1 to 10000 (default 1)",
                [](Options& o, Name n, Text v) { o.config.load.burst = parse_number(n, v, 1, 10'000); }},
    OptionEntry{"connections", connecting, tuning, Arity::once, rate, "N", nullptr,
                "Connections, 1 to 256 (default 4; bench: 8 in a closed loop, else one per planned request per second, "
                "at most 256)",
                [](Options& o, Name n, Text v) { o.config.load.connections = parse_number(n, v, 1, 256); }},
    OptionEntry{"pipeline", connecting, benching, Arity::once, rate, "N", nullptr,
                "Requests sent and not yet answered per connection, 1 to 256 (default 4, bench 1). 1: no pipelining",
                [](Options& o, Name n, Text v) { o.config.load.pipeline = parse_number(n, v, 1, 256); }},
    OptionEntry{"concurrency", requesting, rarely, Arity::once, rate, "HOW", nullptr,
                "Requests in flight. full (default): all that connections and pipelines allow. auto: fewer when the "
                "API gets slower or returns 503",
                [](Options& o, Name n, Text v) { o.config.load.concurrency = choose(n, v, concurrency_spellings); }},
    OptionEntry{
        "canary", probing, rarely, Arity::once, rate, "on|off", nullptr,
        "on (default): send the first row alone, then 10 rows, then all. If too many of the first rows do not succeed, "
        "stop (exit 4)",
        [](Options& o, Name n, Text v) { o.config.load.canary = choose(n, v, canary_spellings); }},
    OptionEntry{"workers", connecting, rarely, Arity::once, rate, "N", nullptr,
                "Threads that sign and send, up to --connections (default 0: one per core)",
                [](Options& o, Name n, Text v) { o.config.load.workers = parse_number(n, v, 0, 256); }},

    OptionEntry{
        "duration", benching, always, Arity::once, load, "TIME", nullptr,
        "How long to measure, 1s to 24h (default 30s). With --versus: time for each side, in --turns equal parts",
        [](Options& o, Name n, Text v) { o.benchmark.duration = parse_duration(n, v); }},
    OptionEntry{"warm-up", benching, rarely, Arity::once, load, "TIME", nullptr,
                "Time before the measurement, not counted, up to 1h (default 3s). 0: none",
                [](Options& o, Name n, Text v) { o.benchmark.warm_up = parse_warm_up(n, v); }},
    OptionEntry{
        "requests", benching, rarely, Arity::once, load, "N", nullptr, "Measure at most N requests (default: no limit)",
        [](Options& o, Name n, Text v) {
          o.benchmark.requests_max = parse_count(n, v, 1, std::numeric_limits<std::uint64_t>::max());
        }},
    OptionEntry{
        "ramp",
        benching, always, Arity::once, load, "FROM..TO:BY/s", nullptr,
        "Measure rates one after the other, each for the time of --step. For example 50..1000:50/s, at most 100 steps",
        [](Options& o, Name n, Text v) { o.benchmark.ramp = parse_ramp(n, v); }},
    OptionEntry{"step", benching, always, Arity::once, load, "TIME", nullptr,
                "Time of each step of --ramp and of each trial of --find-max, 1s to 1h (default 10s)",
                [](Options& o, Name n, Text v) { o.benchmark.step = parse_duration(n, v); }},
    OptionEntry{"find-max", benching, always, Arity::flag, load, "", nullptr, "Find the highest rate that meets --slo",
                [](Options& o, Name, Text) { o.benchmark.find_max = true; }},
    OptionEntry{
        "slo", benching, always, Arity::once, load, "CONDITIONS", nullptr,
        "Objective, for example p99<300ms,errors<0.1%. Conditions are pN, max and errors (default errors<1%). Not met: "
        "exit 1, unless --find-max is given",
        [](Options& o, Name n, Text v) { o.benchmark.objectives = parse_objectives(n, v); }},
    OptionEntry{"customers", benching, rarely, Arity::once, load, "N", nullptr,
                "Without FILE: number of generated customers, 1 to 100000 (default 1000). Their ids begin with "
                "be0c0000-0000-4000-8000-",
                [](Options& o, Name n, Text v) { o.benchmark.customers = parse_number(n, v, 1, 100'000); }},
    OptionEntry{"versus", benching, always, Arity::many, load, "OPTION=VALUE", nullptr,
                "Compare with a side B that has another url, rate, connections, pipeline, workers, proxy or ca-file. "
                "May be repeated",
                [](Options& o, Name, Text v) { o.versus.push_back(v); }},
    OptionEntry{"turns", benching, rarely, Arity::once, load, "N", nullptr,
                "With --versus: turns of each side, 8 to 50 (default 10)",
                [](Options& o, Name n, Text v) { o.benchmark.turns = parse_number(n, v, 8, 50); }},
    OptionEntry{"yes-i-own-this-api", benching, always, Arity::flag, load, "", nullptr,
                "Allow load on an API on another machine. You must also type the name of the host",
                [](Options& o, Name, Text) { o.owns_api = true; }},

    OptionEntry{"max-attempts", requesting, rarely, Arity::once, endurance, "N", nullptr,
                "Attempts per row, the first included, 1 to 100 (default 6)",
                [](Options& o, Name n, Text v) { o.config.retry.attempts_max = parse_number(n, v, 1, 100); }},
    OptionEntry{"connect-timeout", sending, rarely, Arity::once, endurance, "TIME", nullptr,
                "Time limit for TCP and TLS together, up to 5m (default 5s)", set_connect_timeout},
    OptionEntry{"timeout", sending, pinging, Arity::once, endurance, "TIME", nullptr,
                "Time limit for one response, up to 1h (default 30s)",
                [](Options& o, Name n, Text v) { o.config.deadline.response = parse_duration(n, v); }},
    OptionEntry{"row-timeout", requesting, rarely, Arity::once, endurance, "TIME", nullptr,
                "Retry a row for at most this time after its first attempt, up to 168h (default 10m)",
                [](Options& o, Name n, Text v) { o.config.deadline.row = parse_duration(n, v); }},
    OptionEntry{"outage-limit", requesting, rarely, Arity::once, endurance, "TIME", nullptr,
                "Stop (exit 4) after this time without a connection, or with errors only, up to 168h (default 1h)",
                [](Options& o, Name n, Text v) { o.config.deadline.outage = parse_duration(n, v); }},
    OptionEntry{"grace", connecting, rarely, Arity::once, endurance, "TIME", nullptr,
                "How long Ctrl-C waits for responses to requests in flight, up to 1h (default 10s)",
                [](Options& o, Name n, Text v) { o.config.deadline.grace = parse_duration(n, v); }},
    OptionEntry{"deadline", requesting, always, Arity::once, endurance, "TIME", nullptr,
                "Stop (exit 4) after this time, up to 168h, or at a local time of day such as 06:00. The remaining "
                "rows are unsent (default: none)",
                set_deadline},
    OptionEntry{
        "max-failures", running, not_reconciling, Arity::once, endurance, "N|P%", nullptr,
        "Stop (exit 4) when N rows did not succeed, or P percent of the rows (after 100 rows). The remaining rows are "
        "unsent (default: never)",
        set_failures},
    OptionEntry{
        "stall", requesting, rarely, Arity::once, endurance, "TIME", nullptr,
        "Reconnect after this time without a request, a response or a new connection. After the same time again, stop "
        "(exit 4). Up to 168h (default 60s; longer if --timeout or --connect-timeout is long, or the rate is slow)",
        [](Options& o, Name n, Text v) { o.config.deadline.stall = parse_duration(n, v); }},

    OptionEntry{"durable", running, rarely, Arity::flag, output, "", nullptr,
                "Write each batch of results to the disk before the next batch (default: within 100 ms)",
                [](Options& o, Name, Text) { o.config.commit = Commit::batch; }},
    OptionEntry{"only", retrying, always, Arity::once, output, "STATUS", nullptr,
                "Retry only rows with this status: failed, unknown, unsent, separated by commas (default: all three)",
                choose_only},
    OptionEntry{"code", retrying, always, Arity::once, output, "CODE", nullptr,
                "Retry only rows with this error_code. http.* means all codes that begin with 'http.'",
                [](Options& o, Name, Text v) { o.retry.code = v; }},

    OptionEntry{"run", starting, always, Arity::once, output, "DIR", nullptr,
                "Run directory, for the log and the result files (default amend-runs/<UTC time>-<short id>; retry, "
                "verify, undo: beside the run)",
                [](Options& o, Name, Text v) { o.config.run_directory = v; }},
    OptionEntry{"save-config", checking, always, Arity::once, output, "FILE", nullptr,
                "Write the options under Input and Columns into a new file, for --config",
                [](Options& o, Name, Text v) { o.save_config = v; }},
    OptionEntry{"new", updating, rarely, Arity::flag, output, "", nullptr,
                "Start a new run although an unfinished run of the same file exists",
                [](Options& o, Name, Text) { o.start_anew = true; }},
    OptionEntry{"accept-changed-options", following, always, Arity::flag, output, "", nullptr,
                "Continue although --url, --auth, --app-id or --header has changed since the run",
                [](Options& o, Name, Text) { o.accept_changed = true; }},
    OptionEntry{"skip-check", updating, rarely, Arity::flag, output, "", nullptr,
                "Do not read the whole file before the first request",
                [](Options& o, Name, Text) { o.skip_check = true; }},
    OptionEntry{"accept-findings", accepting, accepting_findings, Arity::flag, output, "", nullptr,
                "Send values that look damaged as they are. --yes does not include this",
                [](Options& o, Name, Text) { o.config.input.accept_findings = true; }},
    OptionEntry{"dry-run", updating, always, Arity::flag, output, "", nullptr,
                "Show the first requests, with secrets and personal data masked. Send nothing",
                [](Options& o, Name, Text) { o.dry_run = true; }},
    OptionEntry{"yes", running, always, Arity::flag, output, "", nullptr,
                "Do not ask before customers on another machine are updated",
                [](Options& o, Name, Text) { o.yes = true; }},
    OptionEntry{"progress", running, rarely, Arity::once, output, "FORM", nullptr,
                "bar, plain, none or auto (default): bar on a terminal, else plain", set_progress},
    OptionEntry{"metrics-file", running, rarely, Arity::once, output, "FILE", nullptr,
                "Write metrics for Prometheus into FILE every 5 s. The file is replaced as a whole",
                [](Options& o, Name, Text v) { o.metrics_file = v; }},
    OptionEntry{"metrics-listen", running, rarely, Arity::once, output, "ADDRESS:PORT", nullptr,
                "Serve the metrics at http://ADDRESS:PORT/metrics, on this machine only, for example 127.0.0.1:9464. "
                "Port 0: any free port",
                [](Options& o, Name n, Text v) { o.metrics_listen = parse_listen_address(n, v); }},
    OptionEntry{"dashboard", running, following, Arity::once, output, "ADDRESS:PORT", nullptr,
                "Show the run as a page for a browser on this machine, for example 127.0.0.1:8080. Port 0: any free "
                "port. The address of the page contains a secret and is printed at the start",
                [](Options& o, Name n, Text v) { o.dashboard = parse_listen_address(n, v); }},
    OptionEntry{"watch", controlling, always, Arity::flag, output, "", nullptr,
                "status: show it again each second, until the run ends or Ctrl-C",
                [](Options& o, Name, Text) { o.watch = true; }},
    OptionEntry{"csv", exporting, always, Arity::flag, output, "", nullptr,
                "Write CSV (required). A cell that a spreadsheet would take for a formula begins with an apostrophe",
                [](Options& o, Name, Text) { o.csv = true; }},
    OptionEntry{
        "out", writing_out, always, Arity::once, output, "FILE", nullptr,
        "export: a new file (default: standard output). report: the page (default: report.html in the run directory)",
        [](Options& o, Name, Text v) { o.export_file = v; }},
    OptionEntry{"json", printing_json, always, Arity::flag, output, "", nullptr,
                "Print the result as one JSON object on stdout at the end. control: the response of the run",
                [](Options& o, Name, Text) { o.json = true; }},
    OptionEntry{"quiet", reporting, not_reconciling, Arity::flag, output, "", nullptr,
                "Print only errors. check, status and control then print no report",
                [](Options& o, Name, Text) { o.quiet = true; }},
};

}  // namespace

std::span<const OptionEntry> option_table() noexcept { return entries; }

bool is_about_api(const OptionEntry& entry) noexcept { return entry.group == connection || entry.group == credentials; }

bool describes_input(const OptionEntry& entry) noexcept {
  if (entry.name == "limit" || !entry.takers.contains(Command::check)) return false;
  return entry.group == input || entry.group == columns;
}

}  // namespace amend::cli
