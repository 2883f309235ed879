// Decides which rows of a run and its retries are sent again, by their final records and the input. Layer 4.
//
// A row is left when it failed, is unknown, or has no record. A rejected row is not sent again, because it needs
// another file. A row that is left and chosen is sent, unless its customer succeeded in a later row of the file or in a
// later run: an old row must never overwrite a newer success. Such a row is superseded and gets only a record. While a
// later row of the same customer is left and not chosen, an earlier one is not sent: the API may have applied the later
// one, and its own retry must come after.
//
// *Threads.* One. *Errors.* Those of plan_retry. *Bounds.* 24 bytes for each row that is left. *Lifetime.* A value.
// *Source.* The logs and the input.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "amend/config.hpp"
#include "amend/job.hpp"
#include "amend/row/outcome.hpp"
#include "amend/row/selection.hpp"
#include "amend/run/run_view.hpp"

namespace amend {

/// What a retry does with each row. A row that is not selected does not take part.
class RetryPlan {
 public:
  RetryPlan() = default;

  Selection selection;
  RetryReport report;                 ///< without the parent
  bool encoding_is_doubtful = false;  ///< the input seems to have another encoding (EncodingTrouble)
};

/// Makes the plan from all rows that did not succeed, then from all that did, each in any order. It is pure.
class RetryPlanner {
 public:
  static constexpr std::uint64_t row_max = (std::uint64_t{1} << 48) - 1;

  explicit RetryPlanner(RetryChoice choice) : choice_(std::move(choice)) {}

  /// Adds a row that ended in `status` in the run number `run` of the chain (below 1,000). `id` in any case of letters.
  void ended(std::uint64_t row, std::size_t run, Status status, std::string_view error_code, std::string_view id);
  /// Adds a row without a record. No run has sent it, so only a later row can supersede it. `id` is empty when the row
  /// is faulty.
  void unsent(std::uint64_t row, std::string_view id);
  /// Adds a success. Call it after all calls of ended() and unsent().
  void succeeded(std::uint64_t row, std::size_t run, std::string_view id);

  /// Whether succeeded() can change the plan.
  bool wants_successes() const noexcept { return any_chosen_; }

  /// Returns the plan. Call it once.
  RetryPlan finish();

 private:
  using Customer = std::array<std::uint64_t, 2>;  // the uuid's 128 bits

  enum class Choice : std::uint8_t { chosen, superseded, not_chosen };

  class Left {
   public:
    Left(const Customer& customer_, std::uint64_t row_, std::uint64_t run_, std::optional<Status> status,
         Choice row_choice_) noexcept
        : customer(customer_),
          place(row_ << 16 | run_ << 6 | (status ? static_cast<std::uint64_t>(*status) : status_count) << 2 |
                static_cast<std::uint64_t>(row_choice_)) {}
    std::uint64_t row() const noexcept { return place >> 16; }
    std::uint64_t run() const noexcept { return place >> 6 & 0x3FF; }
    std::uint64_t status() const noexcept { return place >> 2 & 0xF; }
    Choice row_choice() const noexcept { return static_cast<Choice>(place & 3); }
    void supersede() noexcept { place = (place & ~std::uint64_t{3}) | static_cast<std::uint64_t>(Choice::superseded); }

    Customer customer;
    std::uint64_t place;
  };
  static_assert(sizeof(Left) == 24 && chain_max < 0x3FF);

  static std::optional<Customer> customer_of(std::string_view id) noexcept;
  void add(std::uint64_t row, std::size_t run, std::optional<Status> status, Choice row_choice, std::string_view id);
  void sort();
  void settle(const Left& left, const Left* waits_for);
  void send(std::uint64_t row, std::uint64_t status);

  RetryChoice choice_;
  std::vector<Left> left_;
  bool any_chosen_ = false;
  bool sorted_ = false;
  RetryPlan plan_;
};

/// Reads the whole logs of `view` and the input. `file`, `input`, `mapping`: those of the first run. Throws ConfigError
/// (exit 3) when the input cannot be read again or has another size. Throws InputError when a log or the input was
/// changed, naming the first row that differs.
RetryPlan plan_retry(const RunView& view, const InputFile& file, const InputConfig& input, const MappingConfig& mapping,
                     const RetryChoice& choice);

}  // namespace amend
