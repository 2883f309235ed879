// SEAM: decides what is done about a row of the input.
//
// `amend update` maps each row (mapper.hpp). An applied reconciliation follows its plan.
//
// Threads: the reader thread. Source: layer 1.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "amend/error.hpp"
#include "amend/row/batch.hpp"
#include "amend/row/outcome.hpp"
#include "amend/row/record.hpp"

namespace amend {

/// A row that is ready to be sent, or the status in which it ended.
class PreparedRow {
 public:
  static PreparedRow to_send() noexcept { return PreparedRow(); }
  static PreparedRow ended(Status status) noexcept {
    PreparedRow row;
    row.ended_ = status;
    return row;
  }
  static PreparedRow ended(Status status, Reason why) {
    PreparedRow row = ended(status);
    row.reason.emplace(std::move(why));
    return row;
  }

  /// nullopt: the row is to be sent.
  const std::optional<Status>& end() const noexcept { return ended_; }

  std::optional<Reason> reason;  ///< why it is not sent; nullopt when the status is enough

 private:
  std::optional<Status> ended_;
};

class Preparation {
 public:
  virtual ~Preparation() = default;

  /// The future Update::key of the row, which chooses its batch. 0 for a row that is not sent because of its own fault.
  virtual std::uint64_t key_of(const Record& record) = 0;

  /// Appends the row to the batch. A row that is not sent has at least its position, its raw bytes and a valid id if
  /// there is one. Its body is empty.
  ///
  /// Errors: throws InputError when the input cannot be the one that the plan was made for.
  virtual PreparedRow prepare(const Record& record, Batch& out) = 0;

  /// The row that was prepared last will be sent: no rule of the run holds it back.
  virtual void will_be_sent(const Record& /*record*/) {}

  /// The input ended after `last_row` (Position::row; 0: no rows). Throws InputError when more rows are expected.
  virtual void end_of_input(std::uint64_t /*last_row*/) {}
};

}  // namespace amend
