// All settings of a run: unit, default, bounds and cost. Plain values; `validate` checks them.
//
// The command line fills them from options, the environment and --config. A program that uses the library fills them
// itself. Secrets are named by file, so no setting can print one.
//
// Source: layer 0.
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

/// The spellings of an enumeration's values: the same on the command line, in --config and in run.json.
template <class Enum, std::size_t count>
using Spellings = std::array<std::pair<std::string_view, Enum>, count>;

/// The address of the API, and how connections are secured.
struct TargetConfig {
  std::string url;                ///< scheme, host, optional port and path prefix: https://gateway.wonder.today
  bool allow_plain_http = false;  ///< http:// to a host that is not loopback
  std::string proxy;              ///< http://host:port of a CONNECT proxy (RFC 9110 §9.3.6); empty: no proxy
  bool ipv4_only = false;         ///< AppIDs may be bound to listed IPv4 addresses (src/wonder/README.md §3)
  std::string ca_file;            ///< PEM bundle that replaces the system's; empty: the system's
  std::string client_cert;        ///< PEM certificate chain for mutual TLS; empty: none
  std::string client_key;         ///< its key
  std::size_t response_bytes_max = 1U << 20;  ///< the largest body of a response; a larger one ends its connection
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
  std::string bearer_file;                             ///< contains the token; same rule for its mode
  std::string header_file;           ///< further secret headers, one `Name: value` per line; same rule for its mode
  std::vector<std::string> headers;  ///< further headers without secrets
};

enum class Format : std::uint8_t { automatic, csv, ndjson };
inline constexpr Spellings<Format, 3> format_spellings{
    {{"auto", Format::automatic}, {"csv", Format::csv}, {"ndjson", Format::ndjson}}};

enum class Blank : std::uint8_t { omit, empty, null };
inline constexpr Spellings<Blank, 3> blank_spellings{
    {{"omit", Blank::omit}, {"empty", Blank::empty}, {"null", Blank::null}}};

/// What happens to several rows of one customer. Only rows that would be sent count, so a rejected row replaces no
/// other.
enum class Duplicates : std::uint8_t {
  order,   ///< all are sent, in the order of the file
  last,    ///< the last one is sent, the others are superseded
  first,   ///< the first one is sent, the others are superseded
  reject,  ///< no row is sent: each is rejected as input.id.duplicate
};
inline constexpr Spellings<Duplicates, 4> duplicates_spellings{{{"order", Duplicates::order},
                                                                {"last", Duplicates::last},
                                                                {"first", Duplicates::first},
                                                                {"reject", Duplicates::reject}}};

struct InputConfig {
  std::string file;                           ///< a path, or "-" for stdin
  Format format = Format::automatic;          ///< automatic: by name (.csv .tsv .ndjson .jsonl), else by the first byte
  std::optional<char> delimiter;              ///< of a CSV; nullopt: from a `sep=` line, the name .tsv, or the header
  std::string encoding;                       ///< a name for iconv; empty: UTF-8, or UTF-16 by the first bytes
  Duplicates duplicates = Duplicates::order;  ///< several rows of one customer; all but order read the file twice
  bool recover = false;                 ///< lines inside a damaged quote are read as rows, instead of being rejected
  bool strict = false;                  ///< the first rejected row stops the run
  bool accept_findings = false;         ///< values that look damaged are sent unchanged
  std::uint64_t limit = 0;              ///< the maximum of rows to read; 0: all
  std::size_t row_bytes_max = 1 << 20;  ///< a longer row is rejected; memory: up to 4 × this
  std::size_t columns_max = 4096;
};

/// The column that names a row's customer.
enum class CustomerKey : std::uint8_t {
  uuid,       ///< compared without ASCII case
  reference,  ///< reference_number, compared exactly
};

/// What a row must contain.
enum class RowForm : std::uint8_t {
  complete,  ///< all that the API requires, and the customer's uuid: it can be sent as it is
  partial,   ///< some fields; the merchant's own number may name the customer (`reconcile`)
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
  bool trim = false;                    ///< drop white space and invisible characters around values; never otherwise
  bool strip_formula = false;           ///< drop the ' or ="…" with which a spreadsheet marks a text
  std::vector<std::string> null_texts;  ///< --null-text TEXT: such a value is blank
  bool split_phone = false;             ///< a phone that begins with + sets dial_code from its country code
};

/// How the rate is chosen.
enum class RateMode : std::uint8_t {
  fixed,     ///< the configured rate
  adaptive,  ///< the highest rate that the API accepts (admission/adaptive_rate.hpp)
};
inline constexpr Spellings<RateMode, 2> rate_mode_spellings{
    {{"fixed", RateMode::fixed}, {"adaptive", RateMode::adaptive}}};

/// The value of --rate.
struct RateSetting {
  RateMode mode = RateMode::fixed;
  /// The time between two requests: 40 ms = 25/s; 0: unlimited. With `adaptive` it is the lower bound.
  std::chrono::nanoseconds interval{40'000'000};
};

/// How many requests may be in flight, out of those that connections and pipelines allow.
enum class Concurrency : std::uint8_t {
  full,      ///< all
  adaptive,  ///< adjusted by latency and push-back (admission/concurrency_limit.hpp)
};
inline constexpr Spellings<Concurrency, 2> concurrency_spellings{
    {{"full", Concurrency::full}, {"auto", Concurrency::adaptive}}};

/// Whether the first rows are sent before all others (admission/canary.hpp).
enum class CanaryMode : std::uint8_t { off, on };
inline constexpr Spellings<CanaryMode, 2> canary_spellings{{{"off", CanaryMode::off}, {"on", CanaryMode::on}}};

/// How hard amend drives the API. The defaults are safe for a production API.
struct LoadConfig {
  RateSetting rate;
  std::uint32_t burst = 1;  ///< 1 … 10,000 requests that may be sent at once after a pause
  Concurrency concurrency = Concurrency::full;
  CanaryMode canary = CanaryMode::on;
  std::uint32_t connections =
      4;  ///< 1 … 256, shared out among the workers; memory: ≈ 150 KiB each with TLS, ≈ 400 at depth 64
  std::uint32_t pipeline = 4;  ///< 1 … 256 unanswered requests on one connection
  std::uint32_t workers = 0;   ///< threads that sign and send; 0: one per core, never more than connections
};

struct RetryConfig {
  std::uint32_t attempts_max = 6;                ///< 1 … 100 per row, with the first one
  std::chrono::milliseconds backoff_first{500};  ///< full jitter: uniform in 0 … min(cap, first · 2^(n−1))
  std::chrono::milliseconds backoff_max{30'000};
  std::chrono::milliseconds retry_after_max{300'000};  ///< a longer Retry-After is cut to it
};

struct DeadlineConfig {
  std::chrono::milliseconds connect{5'000};         ///< TCP and TLS together, after name resolution
  std::chrono::milliseconds response{30'000};       ///< from the moment a request is the oldest on its connection
  std::chrono::milliseconds row{600'000};           ///< first send → last attempt may start
  std::chrono::milliseconds first_connect{15'000};  ///< without any response until then: stop with exit 4 or 5
  std::chrono::milliseconds outage{3'600'000};      ///< no connection could be opened for this long: stop with exit 4
  std::chrono::milliseconds grace{10'000};          ///< after a stop: how long to wait for responses
  std::chrono::milliseconds run{0};                 ///< from the start of sending: stop with exit 4; 0: no limit
  std::chrono::milliseconds run_spent{0};           ///< the part of `run` that a reconciliation's reading has used
  std::optional<std::uint16_t> run_until;           ///< minute of the local day at which to stop with exit 4
  /// When nothing happens for this long although rows are in progress: stop with exit 4. 0 means 60 s, or the longest
  /// intended wait of the run.
  std::chrono::milliseconds stall{0};
};

/// How many rows may fail before the run stops (exit 4). Rejected rows do not count.
struct FailureConfig {
  std::uint64_t rows_max = 0;     ///< --max-failures N: stop when N rows failed or are unknown; 0: never
  std::uint32_t percent_max = 0;  ///< --max-failures P%: 1 … 100 of the ended rows, from 100 rows on; 0: never
};

/// When results.ndjson is made durable (fdatasync), at the latest at the end of the run.
enum class Commit : std::uint8_t {
  group,  ///< 100 ms, or 10,000 rows, after the first row that is not durable
  batch,  ///< after each batch, before the next one is written
};
inline constexpr Spellings<Commit, 2> commit_spellings{{{"group", Commit::group}, {"batch", Commit::batch}}};

/// How `reconcile` reads the API's values.
enum class LookUp : std::uint8_t {
  automatic,  ///< the one with clearly fewer requests
  list,       ///< all customers, page by page
  each,       ///< one request per row
};
inline constexpr Spellings<LookUp, 3> look_up_spellings{
    {{"auto", LookUp::automatic}, {"list", LookUp::list}, {"each", LookUp::each}}};

/// Whether a company_name counts as a difference. No response shows the API's value (src/wonder/README.md §1).
enum class CompanyName : std::uint8_t {
  never,    ///< it is not compared
  always,   ///< a row that has one always differs
  journal,  ///< compared with what earlier runs sent; a customer without such a run differs
};
inline constexpr Spellings<CompanyName, 3> company_name_spellings{
    {{"never", CompanyName::never}, {"always", CompanyName::always}, {"journal", CompanyName::journal}}};

/// Whether a customer is read again directly before it is written.
enum class Recheck : std::uint8_t { no, yes };
inline constexpr Spellings<Recheck, 2> recheck_spellings{{{"no", Recheck::no}, {"yes", Recheck::yes}}};

struct ReconcileConfig {
  LookUp look_up = LookUp::automatic;
  CompanyName company_name = CompanyName::never;
  std::vector<std::string> ignore_case;  ///< fields whose letters are compared without ASCII case
  bool ignore_space = false;             ///< white space around a value, and its amount inside, does not count
  bool show_missing = false;             ///< customers without a row are listed too; needs LookUp::list
  bool show_values = false;              ///< examples show values unmasked
  bool apply = false;                    ///< send the differences; otherwise nothing is sent
  Recheck recheck = Recheck::no;         ///< when it is applied
  std::string baseline;                  ///< an older file, or a run: rows that are unchanged since then are skipped
  std::uint32_t sample_ppm = 0;          ///< compare only this many of a million rows, 1 … 1,000,000; 0: all
  std::uint64_t sample_seed = 0;         ///< chooses the rows
  std::string of_run;                    ///< the run that is verified or undone
};

/// The purpose of a run.
enum class Task : std::uint8_t {
  update,     ///< each row is sent
  reconcile,  ///< each row is compared; with ReconcileConfig::apply the differences are sent
  undo,       ///< a reconciliation with the values that another one has overwritten
  verify,     ///< a reconciliation with the values that another run sent; never applied
};
inline constexpr Spellings<Task, 4> task_spellings{
    {{"update", Task::update}, {"reconcile", Task::reconcile}, {"undo", Task::undo}, {"verify", Task::verify}}};

/// What tasks differ in. Code asks for a property, not for a task.
class TaskProperties {
 public:
  bool has_plan;       ///< rows are compared with the API, and a plan says what is sent
  bool compares_file;  ///< an operator's file is compared
  bool restores;       ///< values that another run has overwritten are compared, and sent
  bool reads_back;     ///< what another run has sent is compared
};
constexpr TaskProperties properties_of(Task task) noexcept {
  constexpr std::array<TaskProperties, task_spellings.size()> table{{{false, false, false, false},
                                                                     {true, true, false, false},
                                                                     {true, false, true, false},
                                                                     {true, false, false, true}}};
  return table[static_cast<std::size_t>(task)];
}

struct Config {
  Task task = Task::update;
  TargetConfig target;
  AuthConfig auth;
  InputConfig input;
  MappingConfig mapping;
  LoadConfig load;
  RetryConfig retry;
  DeadlineConfig deadline;
  FailureConfig failures;
  ReconcileConfig reconcile;
  Commit commit = Commit::group;
  std::string run_directory;  ///< empty: amend-runs/<UTC time>-<short id>
  std::string version;        ///< of the program, for run.json and User-Agent

  TaskProperties does() const noexcept { return properties_of(task); }
  /// Rows are sent, not only compared.
  bool sends() const noexcept { return !does().has_plan || reconcile.apply; }
};

/// How long a run that starts at `now` may take: DeadlineConfig::run less run_spent, or until run_until by the local
/// clock; 0: no limit.
std::chrono::milliseconds time_allowed(const DeadlineConfig& deadline, std::chrono::system_clock::time_point now);

/// Throws ConfigError, which names the first option that is out of its bounds or contradicts another.
void validate(const Config& config);

/// The part of validate() for the rate.
void validate_load(const LoadConfig& load);

/// The part of validate() for input, mapping and rate. It is enough for a check, which needs neither an address nor
/// credentials.
void validate_input(const Config& config);

}  // namespace amend
