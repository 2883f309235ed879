// Compares the rows of an input with what the API holds, and plans what is sent. Layer 4.
//
// reconcile compares a file, verify what a run has sent, undo what a run has overwritten: they differ in the Config. A
// Reconciliation sends no update. make_apply() makes the Job that sends what the plan says; each row ends as planned:
// unchanged, sent, failed, rejected or superseded.
//
// The input is read several times, so it must be a regular file. The API is read once, with the machinery of an update:
// signed, paced, retried, and stopped by an outage or by refused credentials. What is compared was true when it was
// read. Another client may have changed it since, and the API has no version that would show this.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "amend/config.hpp"
#include "amend/error.hpp"
#include "amend/job.hpp"
#include "amend/row/finding.hpp"
#include "amend/run/run_directory.hpp"
#include "amend/wonder/customer.hpp"
#include "amend/worker/signer.hpp"

namespace amend {

/// The result of comparing a row; the sign in plan.ndjson and in the report.
enum class RowSign : char {
  same = '=',         ///< the API has the values of the row
  differs = '*',      ///< at least one field has another value
  only_file = '+',    ///< it has no such customer
  only_api = '-',     ///< no row names this customer (ReconcileConfig::show_missing)
  unreadable = '!',   ///< the row, or its customer, could not be read
  superseded = '~',   ///< another row of its customer is compared instead (InputConfig::duplicates)
  passed_over = '.',  ///< not looked at: as it is in the baseline, not in the sample, or nothing that the run has sent
};
inline constexpr std::array all_row_signs{RowSign::same,       RowSign::differs,    RowSign::only_file,
                                          RowSign::only_api,   RowSign::unreadable, RowSign::superseded,
                                          RowSign::passed_over};

/// Rows by their signs.
class SignCounts {
 public:
  void add(RowSign sign, std::uint64_t rows = 1) noexcept { counts_[place_of(sign)] += rows; }
  std::uint64_t of(RowSign sign) const noexcept { return counts_[place_of(sign)]; }

 private:
  static std::size_t place_of(RowSign sign) noexcept { return static_cast<unsigned char>(sign) % 128; }

  std::array<std::uint64_t, 128> counts_{};
};

/// One value that differs. Personal data.
class FieldExample {
 public:
  FieldExample(std::uint64_t row_, std::string api_, std::string file_)
      : row(row_), api(std::move(api_)), file(std::move(file_)) {}

  std::uint64_t row;
  std::string api;
  std::string file;
};

/// One field of the API over all rows.
class FieldReport {
 public:
  static constexpr std::size_t examples_max = 3;

  std::uint64_t differs = 0;
  std::uint64_t cannot_be_cleared = 0;  ///< the file wants "" where that changes nothing: no difference
  std::uint64_t cannot_be_undone = 0;   ///< once it is applied (comparison.hpp, not_undoable)
  std::vector<FieldExample> examples;   ///< the first ones
};

class ReconcileReport {
 public:
  std::uint64_t rows = 0;
  std::uint64_t customers = 0;        ///< read from the API
  std::uint64_t total = 0;            ///< as the API's list says; 0: not asked
  std::uint64_t requests = 0;         ///< sent, retries included
  std::uint64_t not_compared = 0;     ///< rows with a company_name (CompanyName::never)
  std::uint64_t looked_up_again = 0;  ///< rows that the list did not have, asked for one by one as it had moved
  std::uint64_t other_zeros = 0;      ///< rows not sent: another customer's number differs only by leading zeros
  LookUp look_up = LookUp::each;      ///< never automatic
  bool list_moved = false;            ///< customers came or went while it was read
  std::array<FieldReport, wonder::customer_field_count> fields;  ///< in the order of wonder::customer_fields()
  SignCounts signs;
  std::string run_directory;
  std::string plan_file;

  std::uint64_t count(RowSign sign) const noexcept { return signs.of(sign); }
  /// At least one customer was asked for.
  bool looked_at_any() const noexcept {
    return count(RowSign::same) + count(RowSign::differs) + count(RowSign::only_file) + count(RowSign::unreadable) > 0;
  }
  /// Nothing to be done, and nothing that could not be looked at.
  bool clean() const noexcept {
    return count(RowSign::same) + count(RowSign::superseded) + count(RowSign::passed_over) == rows &&
           count(RowSign::only_api) == 0;
  }
};

/// A run of reads that was stopped: nothing may be concluded from what it has read.
class LookupStopped : public std::runtime_error {
 public:
  LookupStopped(const std::string& text, ExitCode exit_code) : std::runtime_error(text), exit_code_(exit_code) {}
  ExitCode exit_code() const noexcept { return exit_code_; }

 private:
  ExitCode exit_code_;
};

/// A complete comparison.
class Reconciled {
 public:
  explicit Reconciled(Input input_) : input(std::move(input_)) {}

  ReconcileReport report;
  Input input;
  std::unique_ptr<RunDirectory> directory;  ///< contains the plan; locked
  std::unique_ptr<RunDirectory> undone;     ///< the run whose old values are compared, locked; null: another task
};

/// Threads. run() blocks; metrics() may be called from another thread.
class Reconciliation {
 public:
  /// Opens the input and checks every setting, as Input does. `config.mapping.form` must be RowForm::partial.
  /// Opening::again: in the directory of a reconciliation that was stopped before it sent anything. undo locks the run
  /// that it restores. Throws as Input, and ConfigError for a run that cannot be undone.
  Reconciliation(const Config& config, Credentials credentials, Opening opening = Opening::start);
  ~Reconciliation();
  Reconciliation(const Reconciliation&) = delete;
  Reconciliation& operator=(const Reconciliation&) = delete;

  const Plan& plan() const noexcept;

  /// Reads the file and returns what its values look like (CheckReport::findings). Creates nothing. Throws
  /// InputError.
  const InputFindings& look_at_values();

  /// The operator accepts values that look damaged: run.json records it.
  void accept_findings() noexcept;

  /// Called on a thread of run() with what an operator should know although it stops nothing (RunControl::notice).
  using OnNotice = std::function<void(const std::string& text)>;

  /// Reads, compares, and writes `plan.ndjson` into the run directory: a line for each row, in the order of the file,
  /// and with show_missing one for each further customer. The file has its name only when it is complete.
  /// Throws ConfigError as RunDirectory does; LookupStopped; InputError; DurabilityError; ThreadError; std::logic_error
  /// when it was run before.
  Reconciled run(const OnNotice& on_notice = [](const std::string&) {});

  /// Requests and responses so far.
  const Metrics& metrics() const noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Sends what the plan says, in the run directory of the comparison.
Job make_apply(Reconciled reconciled);

/// `config` for comparing the rows of its input. What differs is sent when ReconcileConfig::apply is set.
Config reconcile_config(Config config);

/// The settings with which what the run in `run` has sent is read back. They are those of its run.json, which has no
/// secrets and no values of AuthConfig::headers. Throws ConfigError when there is no run.
Config verify_config(const std::string& run);

/// The settings with which the values are restored that the run in `run` has overwritten. Those of its run.json, too.
/// Throws ConfigError when there is no run, and (exit 2) when it saved no old values.
Config undo_config(const std::string& run);

}  // namespace amend
