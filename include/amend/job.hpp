// A run as a value: which rows are sent, what is sent for each, and where the results go. Layer 4.
//
// An Input becomes a Job, and a Run (run.hpp) executes it. update, resume, retry and apply differ only in the function
// that makes the Job. No maker sends anything.
//
// Threads. One. Errors. ConfigError for a setting, a file or a column; InputError for an input or a log that changed.
// Bounds. Those of Recovery and Selection; 1 bit for each row that --duplicates keeps back. Lifetime. A Job contains
// all that it refers to, and the locks of its runs.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "amend/config.hpp"
#include "amend/reader/check.hpp"
#include "amend/row/late_requests.hpp"
#include "amend/row/selection.hpp"
#include "amend/run/file_seal.hpp"
#include "amend/run/recovery.hpp"
#include "amend/run/run_chain.hpp"
#include "amend/run/run_directory.hpp"
#include "amend/run/sink.hpp"
#include "amend/worker/signer.hpp"

namespace amend {

class Mapper;
class Source;

/// What is known before the first request.
class Plan {
 public:
  Plan() = default;

  Format format = Format::csv;
  char delimiter = ',';                      ///< CSV only
  std::string encoding;                      ///< as recognised or given
  std::vector<std::string> mapping;          ///< one line for each field: "name <- Full Name"
  std::vector<std::string> unknown_columns;  ///< columns that are not sent
  std::uint64_t input_bytes = 0;             ///< 0: not known (stdin)
  std::uint32_t workers = 1;                 ///< threads that sign and send
  std::string host;                          ///< host:port of --url
  bool loopback = false;                     ///< the host is this machine: no confirmation is needed
};

/// Throws ConfigError as parse_target does.
Plan plan_of(const Config& config, const Source& source, const Mapper& mapper);

/// An input that is open and mapped, and the settings with which its rows are sent.
class Input {
 public:
  /// Opens the file, reads its header, maps it and checks every setting. Creates nothing. Throws ConfigError also for
  /// --duplicates when the input cannot be read twice.
  Input(const Config& config, Credentials credentials);
  ~Input();
  Input(Input&& other) noexcept;
  Input& operator=(Input&& other) noexcept;

  const Config& config() const noexcept;
  const Plan& plan() const noexcept;

  /// Reads the whole file and reports what is in it. A run of this input uses what was found out about --duplicates.
  /// Throws ConfigError when the input cannot be read twice, and as check_input does.
  CheckReport check();
  /// As above, until `stop` is set: then it throws InputError.
  CheckReport check(const std::atomic<bool>& stop);

  /// The operator accepts values that look damaged: run.json records it.
  void accept_findings() noexcept;

  /// Private to the library.
  class Parts;
  Parts& parts() noexcept { return *parts_; }
  const Parts& parts() const noexcept { return *parts_; }

 private:
  std::unique_ptr<Parts> parts_;
};

class Job {
 public:
  explicit Job(Input input_);

  /// What the run has recorded already; empty for one that begins.
  const Recovery& recorded() const noexcept;

  Input input;
  std::unique_ptr<RunDirectory> directory;    ///< of the run, locked; null: the run makes one
  std::function<void()> before_start;         ///< called before it is made, while no other run starts in its folder
  std::optional<Recovery> before;             ///< the log of a run that is resumed
  std::optional<Selection> retried;           ///< the rows of a retry
  std::string parent;                         ///< the run that it retries
  std::optional<RunChain> chain;              ///< of a run that is resumed or retried; locked by a retry
  std::unique_ptr<RunDirectory> also_locked;  ///< a run that this one leaves as it is
  std::unique_ptr<RunDirectory> undone;       ///< the run whose old values this one restores, locked
  std::uint64_t possibly_sent_until = 0;      ///< rows up to this one may have been sent before
  LateRequests late;                          ///< requests that were sent before and that the API may still apply
  std::unique_ptr<Sink> retry_files;          ///< with the rows recorded so far; null: new ones
  std::vector<FileSeal> edited;               ///< retry files that an operator has edited, as amend wrote them
  std::vector<std::string> notices;           ///< what an operator should know of the job
  bool credentials_accepted = false;          ///< the API has accepted them for reads of this process
};

/// All rows, in a new directory. What `before_start` throws ends the run before anything is made.
Job make_update(Input input, std::function<void()> before_start = {});

/// Whether a run may be resumed or retried with options that make other requests than before.
enum class ChangedOptions : std::uint8_t { refuse, accept };

/// What was found of a run that is resumed.
class ResumeReport {
 public:
  ResumeReport() = default;

  std::uint64_t rows_recorded = 0;  ///< they are not sent again
  std::uint64_t rows_left = 0;
  std::uint64_t torn_bytes = 0;  ///< of the log, after its last complete record: removed
};

class ResumedJob {
 public:
  explicit ResumedJob(Input input) : job(std::move(input)) {}

  Job job;
  ResumeReport report;
};

/// The rest of the run in `Config::run_directory`. Locks the run, reads its log, compares options and input with it,
/// row by row, and writes its retry files again.
/// Throws ConfigError: exit 7 when another process has the run; exit 2 for a changed option (ChangedOptions::refuse),
/// for a directory without a run, and for a run that was retried since; exit 3 when the input cannot be read again.
/// Throws InputError naming the offset when the log was changed, naming the row when the input was.
ResumedJob make_resume(Input input, ChangedOptions changed = ChangedOptions::refuse);

/// Which of the rows that did not succeed are sent again.
class RetryChoice {
 public:
  RetryChoice() = default;

  bool failed = true;
  bool unknown = true;
  bool unsent = true;  ///< rows without a record
  std::string code;    ///< only rows with this error code, or of this family when it ends in ".*"; empty: any
};

/// What a retry sends and what it does not.
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

class RetriedJob {
 public:
  explicit RetriedJob(Input input) : job(std::move(input)) {}

  Job job;
  RetryReport report;
};

/// The rows that are left of the run in the directory `run` and of its retries: those that failed, are unknown or have
/// no record, as `choice` says. No row overwrites a later success of its customer. Locks all these runs and reads their
/// logs and the input. `Config::run_directory` must be beside the run; empty: a new name there.
/// Throws ConfigError: exit 7 when another process has one of the runs; exit 2 for a changed option
/// (ChangedOptions::refuse), for a directory without a run, and for a run that must be resumed first; exit 3 when the
/// input cannot be read again or has another size. Throws InputError as make_resume does.
RetriedJob make_retry(Input input, const std::string& run, const RetryChoice& choice,
                      ChangedOptions changed = ChangedOptions::refuse);

}  // namespace amend
