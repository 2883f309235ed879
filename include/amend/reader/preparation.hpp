// SEAM: what is to be done about a row of the input. Layer 1; the reader thread only.
//
// `amend update` maps each row (mapper.hpp); a reconciliation that is applied does what its plan says.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "amend/error.hpp"
#include "amend/row/batch.hpp"
#include "amend/row/outcome.hpp"
#include "amend/row/record.hpp"

namespace amend {

/// A row on its way, or its end.
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

  /// nullopt: it is to be sent.
  const std::optional<Status>& end() const noexcept { return ended_; }

  std::optional<Reason> reason;  ///< why it is not sent; none where the status says it all

 private:
  std::optional<Status> ended_;
};

class Preparation {
 public:
  virtual ~Preparation() = default;

  /// What the row's Update::key will be, so that it can be routed to a batch first; 0 for one that is not sent for its
  /// own fault.
  virtual std::uint64_t key_of(const Record& record) = 0;

  /// Appends the row to the batch. One that is not sent has at least position and raw bytes, the id when it is one,
  /// and no body. Throws InputError when the row cannot be the one that is meant.
  virtual PreparedRow prepare(const Record& record, Batch& out) = 0;

  /// The row prepared last is sent: no rule of the run holds it back.
  virtual void will_be_sent(const Record& /*record*/) {}

  /// The input has no further row behind `last_row` (Position::row; 0: it has none). Throws InputError when it ought to
  /// have.
  virtual void end_of_input(std::uint64_t /*last_row*/) {}
};

}  // namespace amend
