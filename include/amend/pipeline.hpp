// The whole run, wired by hand: source → queues → workers → reporter (src/README.md §1). Layer 4.
//
// The library never prints, never installs a signal handler and never calls exit: a program watches `metrics()` from
// its own thread and calls `stop()` from wherever it learns that it should.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "amend/config.hpp"
#include "amend/reader/preflight.hpp"
#include "amend/reporter/metrics.hpp"
#include "amend/reporter/run_directory.hpp"
#include "amend/reporter/summary.hpp"
#include "amend/row/stop_cause.hpp"
#include "amend/run_state.hpp"
#include "amend/transport/open_error.hpp"
#include "amend/worker/signer.hpp"

namespace amend {

class Mapper;
class Source;

/// What is known before the first request; shown at the start of a run.
class Plan {
 public:
  Plan() = default;

  Format format = Format::csv;
  char delimiter = ',';                      ///< csv only
  std::string encoding;                      ///< as recognised or given
  std::vector<std::string> mapping;          ///< one line a field: "name <- Full Name"
  std::vector<std::string> unknown_columns;  ///< columns that are not sent; listed, never dropped silently
  std::uint64_t input_bytes = 0;             ///< 0: not known (stdin)
  std::uint32_t workers = 1;                 ///< threads that will sign and send
  std::string host;                          ///< host:port of --url
  bool loopback = false;                     ///< the host is this machine: no confirmation needed
};

/// Throws ConfigError as parse_target does.
Plan plan_of(const Config& config, const Source& source, const Mapper& mapper);

/// How long a run that starts at `now` may take: DeadlineConfig::run less run_spent, or until run_until is reached, by
/// the local clock; 0: as long as it needs.
std::chrono::milliseconds time_allowed(const DeadlineConfig& deadline, std::chrono::system_clock::time_point now);

/// Whether a run may be gone on with under options that make other requests than before.
enum class ChangedOptions : std::uint8_t { refuse, accept };

/// What was found of a run that is to be gone on with.
class ResumeReport {
 public:
  ResumeReport() = default;

  std::uint64_t rows_recorded = 0;  ///< they are not sent again
  std::uint64_t rows_left = 0;
  std::uint64_t torn_bytes = 0;  ///< of the log, behind its last whole record: cut off
};

/// Which of the rows that did not succeed are sent once more.
class RetryChoice {
 public:
  RetryChoice() = default;

  bool failed = true;
  bool unknown = true;
  bool unsent = true;  ///< rows without a record
  std::string code;    ///< only rows with this error code, or of this family when it ends in ".*"; empty: any
};

/// What a retry is about.
class RetryReport {
 public:
  RetryReport() = default;

  std::uint64_t failed = 0;      ///< to be sent, by how they ended before
  std::uint64_t unknown = 0;     ///< the same
  std::uint64_t unsent = 0;      ///< the same
  std::uint64_t superseded = 0;  ///< chosen and not sent: the customer succeeded in a later row or run
  std::uint64_t not_chosen = 0;  ///< left for another retry
  std::uint64_t held_back = 0;   ///< chosen, but a later row of the customer is not, and may have been applied
  std::uint64_t rejected = 0;    ///< they need another file
  std::string parent;            ///< directory of the run that is retried: the last of its chain

  std::uint64_t to_send() const noexcept { return failed + unknown + unsent; }
  bool empty() const noexcept { return to_send() + superseded == 0; }
};

/// One run. Construct, look at `plan()`, call `run()` once.
/// Thread-safety: `stop()`, `notices()`, `metrics()`, `state()` and what steers a run that goes on (`pause()` and what
/// follows it) from any thread while `run()` blocks in another; nothing else is shared.
class Pipeline {
 public:
  /// Opens the input, reads its header, maps it and checks every setting. Sends nothing and creates nothing.
  /// Throws ConfigError naming the option, the file or the column: also --duplicates when the input cannot be read
  /// twice.
  Pipeline(const Config& config, Credentials credentials);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  const Plan& plan() const noexcept;

  /// Reads the whole input once and says what is in it (reader/preflight.hpp); before run(), at most once. Sends
  /// nothing and creates nothing; stop() interrupts it. What it finds out about `--duplicates` is kept for run().
  /// Throws ConfigError when the input cannot be read twice, and both ConfigError and InputError as Preflight::run
  /// does.
  PreflightReport preflight();

  /// The operator was asked, and accepts values that look damaged: run.json records it. Before run().
  void accept_findings() noexcept;

  /// Makes run() go on with the run in `config.run_directory`: reads its log back, compares options and input with it,
  /// row by row, makes its feed-back files anew. Before run(), at most once. Sends nothing.
  /// Throws ConfigError: exit 7 when another process holds the run; exit 2 for an option that is not what it was
  /// (ChangedOptions::refuse), no run, or one that was retried since; exit 3 when the input cannot be read again.
  /// Throws InputError naming the offset when the log was changed, naming the row when the input was.
  ResumeReport recover(ChangedOptions changed = ChangedOptions::refuse);

  /// Makes run() send once more what is left of the run in the directory `run` and of the retries of it: rows that
  /// failed, are unknown or have no record, as `choice` says; none that would overwrite a later success of its
  /// customer. Reads their logs and the whole input. Before run(), at most once, not after recover(). Sends nothing and
  /// creates nothing; holds the locks of all these runs. `config.run_directory` must lie beside the run; empty: a new
  /// name there. Throws ConfigError: exit 7 when another process holds one of the runs; exit 2 for an option that is
  /// not what it was (ChangedOptions::refuse), no run, or one that was killed and is to be resumed first; exit 3 when
  /// the input cannot be read again or has another size. Throws InputError as recover() does.
  RetryReport retry(const std::string& run, const RetryChoice& choice, ChangedOptions changed = ChangedOptions::refuse);

  /// Called by run() before it makes a directory for a new run, while no other process starts one in the same folder:
  /// what it throws ends all before anything is made. Before run().
  void before_start(std::function<void()> look);

  /// Makes run() apply the plan in `run` instead of beginning a directory of its own: that of a Reconciliation with the
  /// same Config, whose lock has been held since. Before run(), at most once.
  void go_on_in(std::unique_ptr<RunDirectory> run);

  /// Reads the input a first time when --duplicates needs that and preflight() was not called. Throws InputError when
  /// the input is not the one that was read then.
  /// Creates the run directory (then `run_directory()` is set), sends, writes the log; returns when every row
  /// has its final record or the run was stopped. Rows that fail are in the Summary, never exceptions. Throws
  /// ConfigError when the run directory cannot be made or is in use.
  Summary run();

  /// Empty before the run directory exists and what is recorded there is counted. Any thread.
  std::string run_directory() const;

  /// First call: no new request is sent, answers in flight are waited for (deadline.grace). Second call: at once.
  /// Any thread; returns immediately; not async-signal-safe.
  void stop(StopCause cause) noexcept;

  /// As a first stop(), with StopCause::drained; called again, or after a stop(), it changes nothing. Any thread.
  void drain();

  const Metrics& metrics() const noexcept;

  /// What the run is doing now. Any thread.
  RunState state() const;
  /// The part of it about connections. Any thread.
  ConnectionState connection() const;

  /// Nothing is sent until unpause(); answers in flight are taken. Does not count against the rows' deadlines, nor as
  /// a stall; it does against --deadline. Any thread.
  void pause() noexcept;
  void unpause() noexcept;
  bool paused() const noexcept;

  /// Another pace from now on, without a burst: as --rate says, the server's own word still counts. Throws ConfigError
  /// naming what is out of its bounds. Any thread.
  void set_rate(const RateSetting& rate);

  /// So many connections from now on, 1 … 256, but at least one for each worker: the number that came of it. What is
  /// in flight on one too many is waited for. Throws ConfigError. Any thread.
  std::uint32_t set_connections(std::uint32_t connections);

  /// The exit code of a run that was stopped and whose threads have not ended yet; nullopt: neither is so. When that
  /// lasts much longer than deadline.grace a thread hangs, in a disk most likely: the process may be left then, and
  /// what it leaves is as after a kill. Any thread.
  std::optional<ExitCode> stopping() const;

  /// The results log is complete and on the disk: what the run still does concerns files that can be made again. Any
  /// thread.
  bool log_closed() const noexcept;

  /// What a person should know although it stops nothing, from the number `from` on (RunControl::notice). Any thread.
  std::vector<std::string> notices(std::size_t from = 0) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// One signed echo (src/wonder/README.md §3): what `amend ping` shows.
class Ping {
 public:
  Ping() = default;

  bool ok = false;
  std::uint16_t http = 0;   ///< 0: no answer
  bool by_gateway = false;  ///< the response is not the API's own
  std::string error_code;   ///< as in the log
  std::string error;
  OpenError open_error = OpenError::none;  ///< why there was no connection to send it on
  std::string request_id;
  std::string tls;          ///< "TLSv1.3, TLS_AES_256_GCM_SHA384"; empty without TLS
  std::string address;      ///< the address that was connected to
  double connect_ms = 0;    ///< TCP and TLS
  double answer_ms = 0;     ///< send → answer
  double clock_skew_s = 0;  ///< local clock minus the answer's Date
  bool clock_known = false;
};

/// Sends one echo on the calling thread and waits for its answer, at most connect + answer deadline. Throws
/// ThreadError.
Ping ping(const Config& config, const Credentials& credentials);

}  // namespace amend
