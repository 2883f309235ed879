// summary.json and run.json: the results of a run, and its options. Values, and both directions between them and text.
//
// The keys are stable, because scripts use them. A key is never left out; a value that is not known is null.
//
// Threads: any. Errors: read_run_json and read_run throw ConfigError; a summary that cannot be read is nullopt.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "amend/config.hpp"
#include "amend/error.hpp"
#include "amend/metrics/connection_state.hpp"
#include "amend/metrics/metrics.hpp"
#include "amend/row/finding.hpp"
#include "amend/row/outcome.hpp"
#include "amend/row/stop_cause.hpp"
#include "amend/run/file_seal.hpp"
#include "amend/wonder/customer_schema.hpp"

namespace amend {

/// The five percentiles of summary.json. All are zero when no duration was measured.
class Latency {
 public:
  Latency() = default;
  explicit Latency(const LatencyHistogram& histogram);

  std::chrono::nanoseconds p50{0};
  std::chrono::nanoseconds p90{0};
  std::chrono::nanoseconds p99{0};
  std::chrono::nanoseconds p999{0};
  std::chrono::nanoseconds max{0};
};

/// The results of a run. Made on the main thread when all stages have ended.
class Summary {
 public:
  Summary() = default;

  /// Copies every counter.
  void take(const Metrics& metrics);
  std::uint64_t rows(Status status) const noexcept { return rows_by_status[static_cast<std::size_t>(status)]; }
  std::uint64_t rows_succeeded() const noexcept;                ///< has_succeeded
  std::uint64_t rows_ended() const noexcept;                    ///< of all statuses
  std::optional<std::uint64_t> rows_in_input() const noexcept;  ///< nullopt: not known
  /// Whether the whole input was read and every row has a result.
  bool is_whole() const noexcept { return stop_reason.empty() && unsent == 0; }

  std::string version;
  Task task{};  ///< not in summary.json
  std::string run_directory;
  std::string input;  ///< path, or "-"
  std::chrono::system_clock::time_point started_at{};
  std::chrono::nanoseconds elapsed{0};
  ExitCode exit_code = ExitCode::success;
  StopCause stop_cause = StopCause::none;
  std::string stop_reason;  ///< why it stopped early, for people; empty: it read the input to its end

  std::uint64_t rows_read = 0;
  std::array<std::uint64_t, status_count> rows_by_status{};
  std::optional<std::uint64_t> unsent;  ///< rows of the input without a result; empty: not known (rest of stdin)

  /// Rows that failed or are unknown while a later row of their customer succeeded. The retry files leave them out.
  std::uint64_t overtaken = 0;
  /// The same of rejected rows.
  std::uint64_t overtaken_rejected = 0;

  InputFindings findings;  ///< in the values of the rows that were sent, or were to be

  std::array<std::uint64_t, wonder::customer_field_count> drift{};  ///< rows with it, by field (Remark::drift)

  std::uint64_t attempts = 0;
  std::uint64_t retries = 0;
  std::uint64_t requeues = 0;
  std::uint64_t throttled = 0;
  std::uint64_t connections = 0;
  std::uint64_t handshakes_failed = 0;

  ConnectionState connection;

  Latency service;  ///< last attempt: from sending to the response
  Latency queued;   ///< from reading the row to its first attempt

  std::optional<std::uint64_t> log_bytes;  ///< of results.ndjson, certainly durable; empty: not known

  std::vector<std::string> notices;   ///< for the operator; they did not stop the run
  std::vector<ErrorCount> errors;     ///< the most frequent first
  std::vector<std::string> files;     ///< written, relative to run_directory
  std::vector<FileSeal> retry_files;  ///< as amend wrote them, so that a later edit is noticed
};

/// The text of summary.json: one JSON object and a line end. Control characters are written as \xNN, durations in
/// milliseconds (`elapsed`, `connection.total`) and microseconds (Latency).
std::string to_json(const Summary& summary);

/// Reads what to_json has written, in whole or in part: a member that is missing, or has another type, has its default.
/// An exit code that is missing is broken_invariant. nullopt: `text` is not a JSON object, or an empty one.
std::optional<Summary> parse_summary(std::string_view text);

/// Reads the summary.json in `directory`. nullopt: there is none, or it cannot be read. The run is running or was
/// killed, or its first process wrote nothing yet.
std::optional<Summary> read_summary(const std::string& directory);

/// Identifies the input file. `resume` refuses another one.
class InputIdentity {
 public:
  InputIdentity() = default;

  std::string path;  ///< as given, or "-", and all other members are zero
  std::uint64_t size = 0;
  std::chrono::nanoseconds modified{0};  ///< since the epoch
  std::chrono::nanoseconds changed{0};   ///< its inode (ctime); not in run.json
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  Format format = Format::automatic;  ///< as recognised
  char delimiter = ',';               ///< as recognised; csv only
};

/// The content of run.json.
class RunRecord {
 public:
  RunRecord() = default;

  Config config;  ///< AuthConfig::headers: names only
  InputIdentity input;
  std::string started_at;  ///< "2026-11-23T12:00:00Z"
  std::string parent;      ///< the directory of the run that this one retries; empty: a first run
  /// Up to this number of rows behind the last recorded one may have been in flight when the run ended.
  std::uint64_t read_ahead_rows = 0;
};

/// The text of run.json: every effective option, the input's identity, the version. Of secrets it has only the names of
/// files, of --header only the names, and the URL without user information.
std::string run_json(const RunRecord& record);
std::string run_json(const Config& config, const InputIdentity& input, std::chrono::system_clock::time_point started_at,
                     const std::string& parent = {});

/// Reads what run_json has written. Throws ConfigError (ExitCode::input) naming a member that is missing or has another
/// form.
RunRecord read_run_json(std::string_view text);

/// The same for the run in `directory`. Throws ConfigError (exit 2) when there is no run.
RunRecord read_run(const std::string& directory);

}  // namespace amend
