// A file beside what the API holds: reads both, writes nothing to the API. Layer 4.
//
// What it plans a Pipeline applies: one with the same Config, which is given the run directory (Pipeline::go_on_in). It
// reads the file beside the plan, row by row, and ends each row as the plan says: unchanged, sent, failed, rejected,
// superseded.
//
// The file is read several times, so it must be a regular file. What the API holds is read once, through the machinery
// of an update: signed, paced, retried, stopped by an outage or refused credentials. What is compared was true when it
// was read: somebody may have changed it since, and the API has no version by which that could be told.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "amend/config.hpp"
#include "amend/error.hpp"
#include "amend/pipeline.hpp"
#include "amend/reporter/run_directory.hpp"
#include "amend/row/finding.hpp"
#include "amend/wonder/customer.hpp"
#include "amend/worker/signer.hpp"

namespace amend {

/// What a row has come to; the sign in plan.ndjson and in the report.
enum class RowSign : char {
  same = '=',         ///< the API holds what the row wants
  differs = '*',      ///< it holds something else in at least one field
  only_file = '+',    ///< it has no such customer
  only_api = '-',     ///< no row names this customer (ReconcileConfig::show_missing)
  unreadable = '!',   ///< the row, or its customer, could not be read
  superseded = '~',   ///< another row of its customer stands for it (InputConfig::duplicates)
  passed_over = '.',  ///< not looked at: as it is in the baseline, not in the sample, or nothing that the run has sent
};
inline constexpr std::array all_row_signs{RowSign::same,       RowSign::differs,    RowSign::only_file,
                                          RowSign::only_api,   RowSign::unreadable, RowSign::superseded,
                                          RowSign::passed_over};

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
  std::uint64_t other_zeros = 0;      ///< rows held back: another customer's number differs only by zeros at its start
  LookUp look_up = LookUp::each;      ///< never automatic
  bool list_moved = false;            ///< customers came or went while it was read
  std::array<FieldReport, wonder::customer_field_count> fields;  ///< in the order of wonder::customer_fields()
  std::string run_directory;
  std::string plan_file;

  std::uint64_t count(RowSign sign) const noexcept {
    return counts_[static_cast<unsigned char>(sign) % counts_.size()];
  }
  void add(RowSign sign) noexcept { ++counts_[static_cast<unsigned char>(sign) % counts_.size()]; }
  /// At least one customer was asked for.
  bool looked_at_any() const noexcept {
    return count(RowSign::same) + count(RowSign::differs) + count(RowSign::only_file) + count(RowSign::unreadable) > 0;
  }
  /// Nothing to be done, and nothing that could not be looked at.
  bool clean() const noexcept {
    return count(RowSign::same) + count(RowSign::superseded) + count(RowSign::passed_over) == rows &&
           count(RowSign::only_api) == 0;
  }

 private:
  std::array<std::uint64_t, 128> counts_{};
};

/// A run of reads that was stopped: nothing may be concluded from what it has read.
class LookupStopped : public std::runtime_error {
 public:
  LookupStopped(const std::string& text, ExitCode exit_code) : std::runtime_error(text), exit_code_(exit_code) {}
  ExitCode exit_code() const noexcept { return exit_code_; }

 private:
  ExitCode exit_code_;
};

class Reconciliation {
 public:
  /// As Pipeline's constructor. `config.mapping.form` must be RowForm::partial. Opening::again: in the directory of one
  /// that was stopped before it sent anything.
  Reconciliation(const Config& config, Credentials credentials, Opening opening = Opening::start);
  ~Reconciliation();
  Reconciliation(const Reconciliation&) = delete;
  Reconciliation& operator=(const Reconciliation&) = delete;

  const Plan& plan() const noexcept;

  /// Reads the file once and returns what its values look like (PreflightReport::findings). Sends nothing and creates
  /// nothing. Before run(), which does not read the file for this again. Throws InputError.
  const InputFindings& look_at_values();

  /// The operator was asked, and accepts values that look damaged: run.json records it. Before run().
  void accept_findings() noexcept;

  /// Told, while run() reads, what a person should know although it stops nothing (RunControl::notice). On a thread of
  /// run()'s.
  using OnNotice = std::function<void(const std::string& text)>;

  /// Reads, compares, and writes `plan.ndjson` into the run directory: a line for each row, in the order of the file,
  /// and with show_missing one for each further customer; the file is there only when it is complete. Once.
  /// Throws ConfigError as RunDirectory does; LookupStopped; InputError; DurabilityError; ThreadError.
  ReconcileReport run(const OnNotice& on_notice = [](const std::string&) {});

  /// After run(): the run directory, locked, for the Pipeline that applies the plan. Once.
  std::unique_ptr<RunDirectory> take_run_directory() noexcept;

  /// Requests and answers so far. Any thread.
  const Metrics& metrics() const noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace amend
