#include "cli/option_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <random>
#include <utility>

#include "amend/error.hpp"
#include "cli/units.hpp"

namespace amend::cli {
namespace {

using Text = const std::string&;
using Name = std::string_view;

constexpr std::string_view connection = "Connection";
constexpr std::string_view credentials = "Credentials";
constexpr std::string_view input = "Input";
constexpr std::string_view columns = "Columns";
constexpr std::string_view comparing = "Comparing";
constexpr std::string_view pace = "Pace";
constexpr std::string_view load = "Load";
constexpr std::string_view endurance = "Retries and deadlines";
constexpr std::string_view output = "Output";

constexpr CommandSet reporting{Command::update, Command::check,   Command::reconcile, Command::verify, Command::undo,
                               Command::resume, Command::retry,   Command::status,    Command::runs,   Command::control,
                               Command::report, Command::explain, Command::ping,      Command::bench};
// `check` needs no API, but takes these: so the command line of an update is checked by exchanging one word.
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

std::uint32_t count(Name option, Text value, std::uint32_t least, std::uint32_t most) {
  return static_cast<std::uint32_t>(parse_count(option, value, least, most));
}

template <class Value, std::size_t N>
Value choose(Name option, Text value, const Spellings<Value, N>& choices) {
  std::string names;
  for (const auto& [name, choice] : choices) {
    if (value == name) return choice;
    if (!names.empty()) names += ", ";
    names += name;
  }
  throw ConfigError(fmt::format("{} must be one of {}, got \"{}\"", option, names, printable(value, 60)));
}

constexpr Spellings<ProgressForm, 4> progress_forms{{{"auto", ProgressForm::automatic},
                                                     {"bar", ProgressForm::bar},
                                                     {"plain", ProgressForm::plain},
                                                     {"none", ProgressForm::none}}};

void set_connect_timeout(Options& o, Name option, Text value) {
  DeadlineConfig& deadline = o.config.deadline;
  deadline.connect = parse_duration(option, value);
  // A first connection that may take longer must also be allowed more than one attempt, as with the defaults.
  deadline.first_connect = std::max(deadline.first_connect, 3 * deadline.connect);
}

void set_deadline(Options& o, Name option, Text value) {
  DeadlineConfig& deadline = o.config.deadline;
  deadline.run_until = parse_time_of_day(option, value);
  deadline.run = deadline.run_until ? std::chrono::milliseconds(0) : parse_duration(option, value);
}

// "500" or "2%"
void set_failures(Options& o, Name option, Text value) {
  FailureConfig& failures = o.config.failures;
  failures = FailureConfig();
  if (value.ends_with('%')) {
    failures.percent_max = count(option, value.substr(0, value.size() - 1), 1, 100);
  } else {
    failures.rows_max = parse_count(option, value, 1, std::numeric_limits<std::uint64_t>::max());
  }
}

// "5%": a share of the rows, and a seed that says which.
void set_sample(Options& o, Name option, Text value) {
  ReconcileConfig& reconcile = o.config.reconcile;
  reconcile.sample_ppm = parse_percent_ppm(option, value);
  std::random_device source;
  reconcile.sample_seed = std::uint64_t{source()} << 32 | source();
}

void set_guard(Options& o, Name option, Text value) {
  auto [field, column] = parse_assignment(option, value, "reference_number=COLUMN");
  if (field != "reference_number") {
    throw ConfigError(fmt::format("{} takes reference_number=COLUMN, got \"{}\"", option, printable(value, 60)));
  }
  o.config.mapping.guard_column = std::move(column);
}

void add_blank(Options& o, Name option, Text value) {
  auto [field, blank] = parse_assignment(option, value, "FIELD=omit, FIELD=empty or FIELD=null");
  o.config.mapping.blanks.emplace_back(std::move(field), choose(option, blank, blank_spellings));
}

// "failed,unknown"
void choose_only(Options& o, Name option, Text value) {
  RetryChoice& choice = o.retry;
  choice.failed = choice.unknown = choice.unsent = false;
  for (std::size_t begin = 0; begin <= value.size();) {
    const std::size_t end = std::min(value.find(',', begin), value.size());
    const std::string_view name = std::string_view(value).substr(begin, end - begin);
    bool* const chosen = name == "failed"    ? &choice.failed
                         : name == "unknown" ? &choice.unknown
                         : name == "unsent"  ? &choice.unsent
                                             : nullptr;
    if (!chosen)
      throw ConfigError(fmt::format("{} takes failed, unknown, unsent, with commas between, got \"{}\"", option,
                                    printable(value, 60)));
    *chosen = true;
    begin = end + 1;
  }
}

// Columns: name, takers, arity, group, value, environment, description, apply.
constexpr std::array entries{
    OptionEntry{"url", sending, Arity::once, connection, "URL", "AMEND_URL",
                "Where the API is, e.g. https://gateway-stg.wonder.today",
                [](Options& o, Name, Text v) { o.config.target.url = v; }},
    OptionEntry{"ca-file", sending, Arity::once, connection, "FILE", nullptr,
                "PEM bundle of trusted authorities, instead of the system's",
                [](Options& o, Name, Text v) { o.config.target.ca_file = v; }},
    OptionEntry{"client-cert", sending, Arity::once, connection, "FILE", nullptr,
                "PEM chain for mutual TLS; needs --client-key",
                [](Options& o, Name, Text v) { o.config.target.client_cert = v; }},
    OptionEntry{"client-key", sending, Arity::once, connection, "FILE", nullptr,
                "The private key of --client-cert, PEM",
                [](Options& o, Name, Text v) { o.config.target.client_key = v; }},
    OptionEntry{
        "proxy", sending, Arity::once, connection, "URL", nullptr,
        "Connect through this proxy (CONNECT), e.g. http://proxy.example.com:3128, or none (default: HTTPS_PROXY, "
        "unless NO_PROXY names the host or it is this machine)",
        [](Options& o, Name, Text v) { o.config.target.proxy = v; }},
    OptionEntry{"ipv4", sending, Arity::flag, connection, "", nullptr,
                "Connect over IPv4 only: an AppID may be bound to listed IPv4 addresses",
                [](Options& o, Name, Text) { o.config.target.ipv4_only = true; }},
    OptionEntry{"allow-http", sending, Arity::flag, connection, "", nullptr,
                "Allow http:// to another machine: everything is readable on the way",
                [](Options& o, Name, Text) { o.config.target.allow_plain_http = true; }},
    OptionEntry{"echo-path", pinging, Arity::once, connection, "PATH", nullptr,
                "Path of the echo call (default /svc/payment/api/v1/openapi/echo)",
                [](Options& o, Name, Text v) { o.config.target.echo_path = v; }},

    OptionEntry{"auth", sending, Arity::once, credentials, "KIND", nullptr,
                "wonder (default): signed requests; bearer: a token; none",
                [](Options& o, Name n, Text v) { o.config.auth.kind = choose(n, v, auth_spellings); }},
    OptionEntry{"app-id", sending, Arity::once, credentials, "UUID", "WONDER_APP_ID", "The AppID that Wonder gave you",
                [](Options& o, Name, Text v) { o.config.auth.app_id = v; }},
    OptionEntry{
        "private-key", sending, Arity::once, credentials, "FILE", "WONDER_PRIVATE_KEY_FILE",
        "The RSA key that signs, PEM, readable by you alone; without it the variable WONDER_PRIVATE_KEY is read "
        "for the PEM text",
        [](Options& o, Name, Text v) { o.config.auth.private_key_file = v; }},
    OptionEntry{"bearer-file", sending, Arity::once, credentials, "FILE", nullptr,
                "File with the token of --auth bearer, readable by you alone",
                [](Options& o, Name, Text v) { o.config.auth.bearer_file = v; }},
    OptionEntry{"header-file", sending, Arity::once, credentials, "FILE", nullptr,
                "File with further secret headers, one 'Name: value' a line, readable by you alone",
                [](Options& o, Name, Text v) { o.config.auth.header_file = v; }},
    OptionEntry{"header", sending, Arity::many, credentials, "'NAME: VALUE'", nullptr,
                "A further header with nothing secret in it; may be repeated",
                [](Options& o, Name, Text v) { o.config.auth.headers.push_back(v); }},

    OptionEntry{"format", reading, Arity::once, input, "FORMAT", nullptr,
                "auto (default: by name, else by the first byte), csv or ndjson",
                [](Options& o, Name n, Text v) { o.config.input.format = choose(n, v, format_spellings); }},
    OptionEntry{"delimiter", reading, Arity::once, input, "CHAR", nullptr,
                "Separator of a CSV: one character, or tab, comma, semicolon, pipe (default: recognised in the header)",
                [](Options& o, Name n, Text v) { o.config.input.delimiter = parse_delimiter(n, v); }},
    OptionEntry{"encoding", reading, Arity::once, input, "NAME", nullptr,
                "Any that iconv knows: windows-1252, latin1, gbk, big5 (default: UTF-8, or UTF-16 when it looks so)",
                [](Options& o, Name, Text v) { o.config.input.encoding = v; }},
    OptionEntry{"recover", reading, Arity::flag, input, "", nullptr,
                "Lines behind a damaged quote are rows again; without it they are rejected",
                [](Options& o, Name, Text) { o.config.input.recover = true; }},
    OptionEntry{"duplicates", choosing, Arity::once, input, "HOW", nullptr,
                "A customer in several rows: order (default) sends all in the order of the file, last or first sends "
                "that one, reject sends none; all but order read the file twice. reconcile: last (default), first or "
                "reject",
                [](Options& o, Name n, Text v) { o.config.input.duplicates = choose(n, v, duplicates_spellings); }},
    OptionEntry{"limit", reading, Arity::once, input, "N", nullptr,
                "Read at most N rows, from 1 (default: all; with --dry-run 3)",
                [](Options& o, Name n, Text v) {
                  o.config.input.limit = parse_count(n, v, 1, std::numeric_limits<std::uint64_t>::max());
                }},
    OptionEntry{"strict", updating, Arity::flag, input, "", nullptr, "Stop at the first rejected row (exit 3)",
                [](Options& o, Name, Text) { o.config.input.strict = true; }},

    OptionEntry{
        "map", reading, Arity::many, columns, "FIELD=COLUMN", nullptr,
        "Take FIELD from COLUMN; a column named like a field maps itself; may be repeated",
        [](Options& o, Name n, Text v) { o.config.mapping.columns.push_back(parse_assignment(n, v, "FIELD=COLUMN")); }},
    OptionEntry{"id-column", reading, Arity::once, columns, "COLUMN", nullptr,
                "Column with the customer's uuid (default: id or uuid)",
                [](Options& o, Name, Text v) { o.config.mapping.id_column = v; }},
    OptionEntry{"reference-column", reconciling, Arity::once, columns, "COLUMN", nullptr,
                "Column with the merchant's own number, which names the customer (default: reference_number, when no "
                "column is called id or uuid)",
                [](Options& o, Name, Text v) { o.config.mapping.reference_column = v; }},
    OptionEntry{"blank", reading, Arity::many, columns, "FIELD=HOW", nullptr,
                "What a blank cell sends: omit (default: nothing), empty (\"\") or null; may be repeated", add_blank},
    OptionEntry{"null-text", reading, Arity::many, columns, "TEXT", nullptr,
                "A value that is exactly TEXT is blank (NULL, '\\N', '#N/A'); may be repeated",
                [](Options& o, Name, Text v) { o.config.mapping.null_texts.push_back(v); }},
    OptionEntry{"strip-formula", reading, Arity::flag, columns, "", nullptr,
                "Take values out of =\"...\", and drop the apostrophe with which a spreadsheet keeps a number a text",
                [](Options& o, Name, Text) { o.config.mapping.strip_formula = true; }},
    OptionEntry{"trim", reading, Arity::flag, columns, "", nullptr,
                "Drop white space and characters that cannot be seen around values, ids included",
                [](Options& o, Name, Text) { o.config.mapping.trim = true; }},
    OptionEntry{"split-phone", reading, Arity::flag, columns, "", nullptr,
                "Take the country code out of a phone that begins with +, for dial_code",
                [](Options& o, Name, Text) { o.config.mapping.split_phone = true; }},
    OptionEntry{
        "guard", whole_rows, Arity::once, columns, "reference_number=COLUMN", nullptr,
        "The answer's reference_number must equal this column of the row; the first that does not stops the run "
        "(exit 5)",
        set_guard},

    OptionEntry{
        "look-up", looking_up, Arity::once, comparing, "HOW", nullptr,
        "How to find out what the API holds: list (all customers, page by page), each (a request for each row) or "
        "auto (default: whichever takes far fewer requests)",
        [](Options& o, Name n, Text v) { o.config.reconcile.look_up = choose(n, v, look_up_spellings); }},
    OptionEntry{
        "company-name", reconciling, Arity::once, comparing, "WHEN", nullptr,
        "Whether a company_name is a difference, which no answer ever shows: never (default), always, or journal: when "
        "it is not what the earlier runs beside this one have sent",
        [](Options& o, Name n, Text v) { o.config.reconcile.company_name = choose(n, v, company_name_spellings); }},
    OptionEntry{"ignore-case", comparing_values, Arity::many, comparing, "FIELD", nullptr,
                "Upper and lower case (of ASCII) are no difference in FIELD; may be repeated",
                [](Options& o, Name, Text v) { o.config.reconcile.ignore_case.push_back(v); }},
    OptionEntry{"ignore-space", comparing_values, Arity::flag, comparing, "", nullptr,
                "White space around a value, and how much is inside it, is no difference",
                [](Options& o, Name, Text) { o.config.reconcile.ignore_space = true; }},
    OptionEntry{"show-missing", reconciling, Arity::flag, comparing, "", nullptr,
                "List customers, too, that no row names; reads the whole list",
                [](Options& o, Name, Text) { o.config.reconcile.show_missing = true; }},
    OptionEntry{"show-values", showing_values, Arity::flag, comparing, "", nullptr,
                "Show the examples' values as they are: personal data; report: and the API's error texts",
                [](Options& o, Name, Text) { o.config.reconcile.show_values = true; }},
    OptionEntry{"baseline", reconciling, Arity::once, comparing, "PATH", nullptr,
                "An older export, or the directory of an earlier run: rows that say the same there are not looked at",
                [](Options& o, Name, Text v) { o.config.reconcile.baseline = v; }},
    OptionEntry{"sample", verifying, Arity::once, comparing, "P%", nullptr,
                "Look at P percent of the rows only, 0.0001% to 100%, chosen at random", set_sample},
    OptionEntry{"apply", reconciling, Arity::flag, comparing, "", nullptr,
                "Send what differs: one PUT for each * row; without it nothing is changed",
                [](Options& o, Name, Text) { o.config.reconcile.apply = true; }},
    OptionEntry{"recheck", reconciling, Arity::flag, comparing, "", nullptr,
                "With --apply: read each customer once more right before it is written; what somebody else has changed "
                "meanwhile is not overwritten",
                [](Options& o, Name, Text) { o.config.reconcile.recheck = Recheck::yes; }},

    OptionEntry{
        "rate", rated, Arity::once, pace, "N/s", nullptr,
        "Requests a second for the whole run, retries included: N/s, N/m or unlimited, 1/m to 1000000/s; auto or "
        "auto:N/s: as fast as the API takes it without push-back (default 25/s); bench: planned sends, whatever comes "
        "back "
        "(default: a closed loop; of --find-max the first trial, 10/s)",
        [](Options& o, Name n, Text v) { o.config.pace.rate = parse_rate_setting(n, v); }},
    OptionEntry{"burst", requesting, Arity::once, pace, "N", nullptr,
                "Requests that may go at once after a pause, 1 to 10000 (default 1)",
                [](Options& o, Name n, Text v) { o.config.pace.burst = count(n, v, 1, 10'000); }},
    OptionEntry{
        "connections", connecting, Arity::once, pace, "N", nullptr,
        "Connections, 1 to 256 (default 4; bench: 8 in a closed loop, else one for each request a second, at most 256)",
        [](Options& o, Name n, Text v) { o.config.pace.connections = count(n, v, 1, 256); }},
    OptionEntry{"pipeline", connecting, Arity::once, pace, "N", nullptr,
                "Requests unanswered on one connection, 1 to 256 (default 4, bench 1); 1: no pipelining",
                [](Options& o, Name n, Text v) { o.config.pace.pipeline = count(n, v, 1, 256); }},
    OptionEntry{"concurrency", requesting, Arity::once, pace, "HOW", nullptr,
                "Requests in flight: full (default) uses all that connections and pipelines allow, auto as many as "
                "latency and push-back of the API allow",
                [](Options& o, Name n, Text v) { o.config.pace.concurrency = choose(n, v, concurrency_spellings); }},
    OptionEntry{"canary", probing, Arity::once, pace, "on|off", nullptr,
                "on (default): the first row goes alone, then ten, then all; when too many of them do not succeed the "
                "rest is held back (exit 4)",
                [](Options& o, Name n, Text v) { o.config.pace.canary = choose(n, v, canary_spellings); }},
    OptionEntry{"workers", connecting, Arity::once, pace, "N", nullptr,
                "Threads that sign and send, up to --connections (default 0: one per core)",
                [](Options& o, Name n, Text v) { o.config.pace.workers = count(n, v, 0, 256); }},

    OptionEntry{"duration", benching, Arity::once, load, "TIME", nullptr,
                "How long to measure, 1s to 24h (default 30s); with --versus shared out among the turns of each side",
                [](Options& o, Name n, Text v) { o.benchmark.duration = parse_duration(n, v); }},
    OptionEntry{"warm-up", benching, Arity::once, load, "TIME", nullptr,
                "Before that, not counted, up to 1h (default 3s)",
                [](Options& o, Name n, Text v) { o.benchmark.warm_up = parse_warm_up(n, v); }},
    OptionEntry{
        "requests", benching, Arity::once, load, "N", nullptr,
        "Measure at most N requests (default: as many as the time allows)",
        [](Options& o, Name n,
           Text v) { o.benchmark.requests_max = parse_count(n, v, 1, std::numeric_limits<std::uint64_t>::max()); }},
    OptionEntry{"ramp", benching, Arity::once, load, "FROM..TO:BY/s", nullptr,
                "Rates one after the other, each for --step: 50..1000:50/s; at most 100",
                [](Options& o, Name n, Text v) { o.benchmark.ramp = parse_ramp(n, v); }},
    OptionEntry{"step", benching, Arity::once, load, "TIME", nullptr,
                "Of --ramp, and of each trial of --find-max, 1s to 1h (default 10s)",
                [](Options& o, Name n, Text v) { o.benchmark.step = parse_duration(n, v); }},
    OptionEntry{"find-max", benching, Arity::flag, load, "", nullptr, "Find the highest rate that keeps --slo",
                [](Options& o, Name, Text) { o.benchmark.find_max = true; }},
    OptionEntry{"slo", benching, Arity::once, load, "CONDITIONS", nullptr,
                "What the API is to keep to: p99<300ms,errors<0.1%; pN, max and errors (errors<1% unless it says "
                "otherwise); without --find-max exit 1 when "
                "it does not",
                [](Options& o, Name n, Text v) { o.benchmark.objectives = parse_objectives(n, v); }},
    OptionEntry{"customers", benching, Arity::once, load, "N", nullptr,
                "Without FILE: so many made-up customers, 1 to 100000 (default 1000), ids "
                "be0c0000-0000-4000-8000-000000000000 and on",
                [](Options& o, Name n, Text v) { o.benchmark.customers = count(n, v, 1, 100'000); }},
    OptionEntry{"versus", benching, Arity::many, load, "OPTION=VALUE", nullptr,
                "Compare with a side B that has another url, rate, connections, pipeline, workers, proxy or ca-file; "
                "may be repeated",
                [](Options& o, Name, Text v) { o.versus.push_back(v); }},
    OptionEntry{"turns", benching, Arity::once, load, "N", nullptr,
                "With --versus: turns of each side, 8 to 50 (default 10)",
                [](Options& o, Name n, Text v) { o.benchmark.turns = count(n, v, 8, 50); }},
    OptionEntry{"yes-i-own-this-api", benching, Arity::flag, load, "", nullptr,
                "An API that is not on this machine may be loaded; its name has to be typed besides",
                [](Options& o, Name, Text) { o.owns_api = true; }},

    OptionEntry{"max-attempts", requesting, Arity::once, endurance, "N", nullptr,
                "Attempts a row, the first included, 1 to 100 (default 6)",
                [](Options& o, Name n, Text v) { o.config.retry.attempts_max = count(n, v, 1, 100); }},
    OptionEntry{"connect-timeout", sending, Arity::once, endurance, "TIME", nullptr,
                "For TCP and TLS together, up to 5m (default 5s)", set_connect_timeout},
    OptionEntry{"timeout", sending, Arity::once, endurance, "TIME", nullptr, "For one answer, up to 1h (default 30s)",
                [](Options& o, Name n, Text v) { o.config.deadline.answer = parse_duration(n, v); }},
    OptionEntry{"row-timeout", requesting, Arity::once, endurance, "TIME", nullptr,
                "From a row's first attempt to the start of its last, up to 168h (default 10m)",
                [](Options& o, Name n, Text v) { o.config.deadline.row = parse_duration(n, v); }},
    OptionEntry{"outage-limit", requesting, Arity::once, endurance, "TIME", nullptr,
                "Stop (exit 4) when no connection could be made, or nothing but errors came back, for so long, up to "
                "168h (default "
                "1h)",
                [](Options& o, Name n, Text v) { o.config.deadline.outage = parse_duration(n, v); }},
    OptionEntry{"grace", connecting, Arity::once, endurance, "TIME", nullptr,
                "How long Ctrl-C waits for answers in flight, up to 1h (default 10s)",
                [](Options& o, Name n, Text v) { o.config.deadline.grace = parse_duration(n, v); }},
    OptionEntry{"deadline", requesting, Arity::once, endurance, "TIME", nullptr,
                "Stop (exit 4) so long after the start, up to 168h, or at a time of day such as 06:00, the rest unsent "
                "(default: none)",
                set_deadline},
    OptionEntry{"max-failures", running, Arity::once, endurance, "N|P%", nullptr,
                "Stop (exit 4) when N rows did not succeed, or P percent of at least 100, the rest unsent (default: "
                "never)",
                set_failures},
    OptionEntry{"stall", requesting, Arity::once, endurance, "TIME", nullptr,
                "Stop (exit 4) when nothing happened for so long, up to 168h (default 60s, or the longest wait for an "
                "answer and a retry)",
                [](Options& o, Name n, Text v) { o.config.deadline.stall = parse_duration(n, v); }},

    OptionEntry{"durable", running, Arity::flag, output, "", nullptr,
                "Each batch of results is on the disk before the next is written (default: 100 ms later at most)",
                [](Options& o, Name, Text) { o.config.commit = Commit::batch; }},
    OptionEntry{"only", retrying, Arity::once, output, "STATUS", nullptr,
                "Of the rows that did not succeed those that are failed, unknown, unsent (default: all three)",
                choose_only},
    OptionEntry{"code", retrying, Arity::once, output, "CODE", nullptr,
                "Of these only rows with this error_code; http.* stands for a family",
                [](Options& o, Name, Text v) { o.retry.code = v; }},

    OptionEntry{"run", starting, Arity::once, output, "DIR", nullptr,
                "Directory for the log and the result files (default amend-runs/<UTC time>-<short id>; retry, verify, "
                "undo: beside the run)",
                [](Options& o, Name, Text v) { o.config.run_directory = v; }},
    OptionEntry{"save-config", checking, Arity::once, output, "FILE", nullptr,
                "Write the options under Input and Columns into a new file, for --config",
                [](Options& o, Name, Text v) { o.save_config = v; }},
    OptionEntry{"new", updating, Arity::flag, output, "", nullptr,
                "Start anew although an unfinished run of this very file exists",
                [](Options& o, Name, Text) { o.start_anew = true; }},
    OptionEntry{"accept-changed-options", following, Arity::flag, output, "", nullptr,
                "Go on although --url, --auth, --app-id or --header is not what it was",
                [](Options& o, Name, Text) { o.accept_changed = true; }},
    OptionEntry{"skip-check", updating, Arity::flag, output, "", nullptr,
                "Do not read the whole file before the first request",
                [](Options& o, Name, Text) { o.skip_check = true; }},
    OptionEntry{"accept-findings", accepting, Arity::flag, output, "", nullptr,
                "Send values that look damaged as they are; --yes does not say so",
                [](Options& o, Name, Text) { o.config.input.accept_findings = true; }},
    OptionEntry{"dry-run", updating, Arity::flag, output, "", nullptr,
                "Show the first requests with secrets and personal data masked; send nothing",
                [](Options& o, Name, Text) { o.dry_run = true; }},
    OptionEntry{"yes", running, Arity::flag, output, "", nullptr,
                "Do not ask before customers on another machine are updated",
                [](Options& o, Name, Text) { o.yes = true; }},
    OptionEntry{"progress", running, Arity::once, output, "FORM", nullptr,
                "auto (default: bar on a terminal, else plain), bar, plain or none",
                [](Options& o, Name n, Text v) { o.progress = choose(n, v, progress_forms); }},
    OptionEntry{"metrics-file", running, Arity::once, output, "FILE", nullptr,
                "Write the metrics of the run there every 5 s, for Prometheus; the file is replaced as a whole",
                [](Options& o, Name, Text v) { o.metrics_file = v; }},
    OptionEntry{"metrics-listen", running, Arity::once, output, "ADDRESS:PORT", nullptr,
                "Serve them at http://ADDRESS:PORT/metrics, on this machine only, e.g. 127.0.0.1:9464; port 0: any",
                [](Options& o, Name n, Text v) { o.metrics_listen = parse_listen_address(n, v); }},
    OptionEntry{"dashboard", running, Arity::once, output, "ADDRESS:PORT", nullptr,
                "Show the run as a page in a browser on this machine, e.g. 127.0.0.1:8080; port 0: any. Its address, "
                "which holds a secret, is said at the start",
                [](Options& o, Name n, Text v) { o.dashboard = parse_listen_address(n, v); }},
    OptionEntry{"watch", controlling, Arity::flag, output, "", nullptr,
                "status: again each second, until the run ends or Ctrl-C",
                [](Options& o, Name, Text) { o.watch = true; }},
    OptionEntry{"csv", exporting, Arity::flag, output, "", nullptr,
                "As CSV: one line a row, cells that a spreadsheet would take for a formula behind a '; must be given",
                [](Options& o, Name, Text) { o.csv = true; }},
    OptionEntry{
        "out", writing_out, Arity::once, output, "FILE", nullptr,
        "export: a new file (default: standard output); report: the page (default: report.html in the run directory)",
        [](Options& o, Name, Text v) { o.export_file = v; }},
    OptionEntry{"json", reporting, Arity::flag, output, "", nullptr,
                "The result as one JSON object on stdout, at the end; control: what the run answers",
                [](Options& o, Name, Text) { o.json = true; }},
    OptionEntry{"quiet", reporting, Arity::flag, output, "", nullptr,
                "No messages but errors; check, status and control: no report either",
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
