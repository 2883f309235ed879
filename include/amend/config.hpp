// Every setting of a run, once: unit, default, bound and cost. Layer 0: plain values, checked by `validate`.
//
// The command line fills this from options, the environment and --config; a program that uses the library fills it by
// hand. Nothing here holds a secret's value in a form that is ever printed: secrets are named by file.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace amend {

/// How the values of an enumeration are spelled: on the command line, in --config and in run.json alike.
template <class Enum, std::size_t count>
using Spellings = std::array<std::pair<std::string_view, Enum>, count>;

/// Where requests go and how the connection is secured.
struct TargetConfig {
  std::string url;                ///< scheme, host, optional port and path prefix: https://gateway.wonder.today
  bool allow_plain_http = false;  ///< http:// to a host that is not loopback
  std::string proxy;        ///< http://host:port: connections go through it (CONNECT, RFC 9110 §9.3.6); empty: none
  bool ipv4_only = false;   ///< AppIDs may be bound to listed IPv4 addresses (src/wonder/README.md §3)
  std::string ca_file;      ///< PEM bundle instead of the system's; empty: the system's
  std::string client_cert;  ///< PEM chain, for mutual TLS; empty: none
  std::string client_key;   ///< its key
  std::size_t answer_bytes_max = 1U << 20;                     ///< body of an answer; a longer one ends its connection
  std::string echo_path = "/svc/payment/api/v1/openapi/echo";  ///< one documentation page prints it without /openapi
};

enum class Auth : std::uint8_t { wonder, bearer, none };
inline constexpr Spellings<Auth, 3> auth_spellings{
    {{"wonder", Auth::wonder}, {"bearer", Auth::bearer}, {"none", Auth::none}}};

struct AuthConfig {
  Auth kind = Auth::wonder;
  std::string app_id;            ///< a uuid
  std::string private_key_file;  ///< PKCS#8 or PKCS#1 PEM, 2048 or 4096 bits; must not be readable by group or world
  std::string private_key_env = "WONDER_PRIVATE_KEY";  ///< variable with the PEM text, used when no file is given
  std::string bearer_file;                             ///< holds the token; same rule for its mode
  std::string header_file;           ///< further secret headers, one `Name: value` a line; same rule for its mode
  std::vector<std::string> headers;  ///< further headers, nothing secret
};

enum class Format : std::uint8_t { automatic, csv, ndjson };
inline constexpr Spellings<Format, 3> format_spellings{
    {{"auto", Format::automatic}, {"csv", Format::csv}, {"ndjson", Format::ndjson}}};

enum class Blank : std::uint8_t { omit, empty, null };
inline constexpr Spellings<Blank, 3> blank_spellings{
    {{"omit", Blank::omit}, {"empty", Blank::empty}, {"null", Blank::null}}};

/// What happens to several rows of one customer. Only rows that would be sent count: a rejected row hides no other.
enum class Duplicates : std::uint8_t {
  order,   ///< all are sent, in the order of the file
  last,    ///< the last one is sent, the others are superseded
  first,   ///< the first one is sent, the others are superseded
  reject,  ///< none is sent: each is rejected as input.id.duplicate
};
inline constexpr Spellings<Duplicates, 4> duplicates_spellings{{{"order", Duplicates::order},
                                                                {"last", Duplicates::last},
                                                                {"first", Duplicates::first},
                                                                {"reject", Duplicates::reject}}};

struct InputConfig {
  std::string file;                   ///< a path, or "-" for stdin
  Format format = Format::automatic;  ///< automatic: by name (.csv .tsv .ndjson .jsonl), else by the first byte
  std::optional<char> delimiter;      ///< of a CSV; nullopt: a `sep=` line, the name .tsv, or the header tell
  std::string encoding;               ///< a name iconv knows; empty: UTF-8, or UTF-16 when the first bytes say so
  Duplicates duplicates = Duplicates::order;  ///< the same customer in several rows; all but order read the file twice
  bool recover = false;                 ///< lines inside a damaged quote are rows again, instead of being rejected
  bool strict = false;                  ///< the first rejected row stops the run
  bool accept_findings = false;         ///< values that look damaged are sent as they are
  std::uint64_t limit = 0;              ///< read at most so many rows; 0: all
  std::size_t row_bytes_max = 1 << 20;  ///< a longer row is rejected; memory: up to 4 × this
  std::size_t columns_max = 4096;
};

/// What a row names its customer by.
enum class CustomerKey : std::uint8_t {
  uuid,       ///< compared without ASCII case
  reference,  ///< reference_number, compared exactly
};

/// How much a row has to say.
enum class RowForm : std::uint8_t {
  complete,  ///< all that the API requires, and the customer's uuid: it can be sent as it is
  partial,   ///< what it knows; the customer may be named by the merchant's own number (`reconcile`)
};

inline constexpr Spellings<RowForm, 2> row_form_spellings{
    {{"complete", RowForm::complete}, {"partial", RowForm::partial}}};

struct MappingConfig {
  RowForm form = RowForm::complete;
  std::vector<std::pair<std::string, std::string>> columns;  ///< --map FIELD=COLUMN
  std::string id_column;                                     ///< default: `id` or `uuid`
  std::string reference_column;                              ///< instead of an id; only with RowForm::partial
  std::vector<std::pair<std::string, Blank>> blanks;         ///< --blank FIELD=…; default omit
  std::string guard_column;                                  ///< --guard reference_number=COLUMN; empty: no guard
  bool trim = false;  ///< white space and characters that cannot be seen are dropped around values; never otherwise
  bool strip_formula = false;           ///< so is the ' or ="…" with which a spreadsheet keeps a text one
  std::vector<std::string> null_texts;  ///< --null-text TEXT: such a value is blank
  bool split_phone = false;             ///< a phone that begins with + gives its country code to dial_code
};

/// How the pace comes about.
enum class RateMode : std::uint8_t {
  fixed,     ///< as asked
  adaptive,  ///< found out: as fast as the API takes it without push-back (worker/adaptive_rate.hpp)
};
inline constexpr Spellings<RateMode, 2> rate_mode_spellings{
    {{"fixed", RateMode::fixed}, {"adaptive", RateMode::adaptive}}};

/// What --rate says.
struct RateSetting {
  RateMode mode = RateMode::fixed;
  /// One request every so often: 40 ms = 25/s; 0: unlimited. With `adaptive`: never faster than that.
  std::chrono::nanoseconds interval{40'000'000};
};

/// How many requests may be in flight, of what connections and pipelines allow.
enum class Concurrency : std::uint8_t {
  full,      ///< all
  adaptive,  ///< found out by latency and push-back (worker/concurrency_limit.hpp)
};
inline constexpr Spellings<Concurrency, 2> concurrency_spellings{
    {{"full", Concurrency::full}, {"auto", Concurrency::adaptive}}};

/// Whether the first rows are tried before all others (worker/canary.hpp).
enum class CanaryMode : std::uint8_t { off, on };
inline constexpr Spellings<CanaryMode, 2> canary_spellings{{{"off", CanaryMode::off}, {"on", CanaryMode::on}}};

/// How hard the API is driven. The defaults are safe for a production API.
struct PaceConfig {
  RateSetting rate;
  std::uint32_t burst = 1;  ///< 1 … 10,000 requests that may go at once after a pause
  Concurrency concurrency = Concurrency::full;
  CanaryMode canary = CanaryMode::on;
  std::uint32_t connections =
      4;  ///< 1 … 256, shared out among the workers; memory: ≈ 150 KiB each with TLS, ≈ 400 at depth 64
  std::uint32_t pipeline = 4;  ///< 1 … 256 requests unanswered on one connection
  std::uint32_t workers = 0;   ///< threads that sign and send; 0: one per core, never more than connections
};

struct RetryConfig {
  std::uint32_t attempts_max = 6;                ///< 1 … 100 a row, the first one included
  std::chrono::milliseconds backoff_first{500};  ///< full jitter: uniform in 0 … min(cap, first · 2^(n−1))
  std::chrono::milliseconds backoff_max{30'000};
  std::chrono::milliseconds retry_after_max{300'000};  ///< a Retry-After beyond this is cut to it
};

struct DeadlineConfig {
  std::chrono::milliseconds connect{5'000};         ///< TCP and TLS together, after name resolution
  std::chrono::milliseconds answer{30'000};         ///< from the moment a request is the oldest on its connection
  std::chrono::milliseconds row{600'000};           ///< first send → last attempt may start
  std::chrono::milliseconds first_connect{15'000};  ///< nothing ever answered: stop with exit 4 or 5
  std::chrono::milliseconds outage{3'600'000};      ///< no connection could be made for so long: stop with exit 4
  std::chrono::milliseconds grace{10'000};          ///< after a stop: how long answers are waited for
  std::chrono::milliseconds run{0};                 ///< from the start of sending: stop with exit 4; 0: none
  std::chrono::milliseconds run_spent{0};           ///< of `run`, before this run began (a reconciliation's reading)
  std::optional<std::uint16_t> run_until;           ///< minutes of the local day: stop with exit 4 when it is that time
  /// Nothing happened for so long while rows are on their way: stop with exit 4. 0: 60 s, or the longest wait that the
  /// run makes on purpose.
  std::chrono::milliseconds stall{0};
};

/// When so many rows did not succeed that the rest is better held back (exit 4). Rejected rows do not count.
struct FailureConfig {
  std::uint64_t rows_max = 0;     ///< --max-failures N: stop when so many rows failed or are unknown; 0: never
  std::uint32_t percent_max = 0;  ///< --max-failures P%: 1 … 100 of the rows that ended, from 100 rows on; 0: never
};

/// When results.ndjson is made durable (fdatasync); at the latest when the run ends.
enum class Commit : std::uint8_t {
  group,  ///< 100 ms or 10,000 rows after the first that is not
  batch,  ///< after each batch that is written, before any further one
};
inline constexpr Spellings<Commit, 2> commit_spellings{{{"group", Commit::group}, {"batch", Commit::batch}}};

/// How `reconcile` finds out what the API holds.
enum class LookUp : std::uint8_t {
  automatic,  ///< whichever takes fewer requests, by far
  list,       ///< all customers, page by page
  each,       ///< one request for each row
};
inline constexpr Spellings<LookUp, 3> look_up_spellings{
    {{"auto", LookUp::automatic}, {"list", LookUp::list}, {"each", LookUp::each}}};

/// Whether a company_name counts as a difference: no answer ever shows what the API holds (src/wonder/README.md §1).
enum class CompanyName : std::uint8_t {
  never,    ///< it is not compared
  always,   ///< a row that has one always differs
  journal,  ///< compared with what earlier runs sent; a row whose customer they say nothing about differs
};
inline constexpr Spellings<CompanyName, 3> company_name_spellings{
    {{"never", CompanyName::never}, {"always", CompanyName::always}, {"journal", CompanyName::journal}}};

/// Whether a customer is read once more right before it is written.
enum class Recheck : std::uint8_t { no, yes };
inline constexpr Spellings<Recheck, 2> recheck_spellings{{{"no", Recheck::no}, {"yes", Recheck::yes}}};

struct ReconcileConfig {
  LookUp look_up = LookUp::automatic;
  CompanyName company_name = CompanyName::never;
  std::vector<std::string> ignore_case;  ///< fields whose letters are compared without ASCII case
  bool ignore_space = false;             ///< white space around a value, and how much is inside it, is no difference
  bool show_missing = false;             ///< customers that no row names are listed too; needs LookUp::list
  bool show_values = false;              ///< the examples show values as they are, instead of masked
  bool apply = false;                    ///< what differs is sent; without it nothing is
  Recheck recheck = Recheck::no;         ///< when it is applied
  std::string baseline;           ///< an older file, or a run: rows that are there as they are now are passed over
  std::uint32_t sample_ppm = 0;   ///< only so many of a million rows are looked at, 1 … 1,000,000; 0: all
  std::uint64_t sample_seed = 0;  ///< chooses which
  std::string of_run;             ///< the run that Task::undo and Task::verify are about
};

/// What a run is for.
enum class Task : std::uint8_t {
  update,     ///< each row is sent
  reconcile,  ///< each row is compared; what differs is sent when ReconcileConfig::apply is set
  undo,       ///< a reconciliation with what another one has overwritten
  verify,     ///< a reconciliation with what another run was to make true; never applied
};
inline constexpr Spellings<Task, 4> task_spellings{
    {{"update", Task::update}, {"reconcile", Task::reconcile}, {"undo", Task::undo}, {"verify", Task::verify}}};

struct Config {
  Task task = Task::update;
  TargetConfig target;
  AuthConfig auth;
  InputConfig input;
  MappingConfig mapping;
  PaceConfig pace;
  RetryConfig retry;
  DeadlineConfig deadline;
  FailureConfig failures;
  ReconcileConfig reconcile;
  Commit commit = Commit::group;
  std::string run_directory;  ///< empty: amend-runs/<UTC time>-<short id>
  std::string version;        ///< of the program, for run.json and User-Agent
};

/// Throws ConfigError naming the first option whose value is out of its bounds or contradicts another.
void validate(const Config& config);

/// The part of it about the pace.
void validate_pace(const PaceConfig& pace);

/// The part of it that looks at no more than input, mapping and pace: enough for a preflight, which needs neither an
/// address nor credentials.
void validate_input(const Config& config);

}  // namespace amend
