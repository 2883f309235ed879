// The row's final word: exactly one per row. Made by a worker, or by the reader for a row that is never sent; written
// by the reporter. Layer 0.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "amend/error.hpp"
#include "amend/row/batch.hpp"
#include "amend/row/request.hpp"

namespace amend {

enum class Status : std::uint8_t {
  success,     ///< a complete, matching 2xx answer
  failed,      ///< the last attempt got a complete answer that refuses the row, or no attempt ever reached the server
  unknown,     ///< the last attempt was sent and got no complete, usable answer, and no attempt is left
  rejected,    ///< bad input, never sent
  superseded,  ///< never sent: another row of the same customer stands for it (--duplicates)
  unchanged,   ///< never sent: the API holds what the row wants (`reconcile`)
};
inline constexpr std::array all_statuses{Status::success,  Status::failed,     Status::unknown,
                                         Status::rejected, Status::superseded, Status::unchanged};
inline constexpr std::size_t status_count = all_statuses.size();

/// The row has come to what it was meant to: nothing is left to be done about it.
constexpr bool is_well(Status status) noexcept {
  return status == Status::success || status == Status::superseded || status == Status::unchanged;
}

/// "success", "failed", …: the spelling in results.ndjson.
std::string_view to_string(Status status) noexcept;

/// What is to be said of a row that succeeded all the same.
class Remark {
 public:
  Remark() = default;

  std::string warning;  ///< empty: none
  /// Fields that the answer shows otherwise than they were sent: bit n is the nth of `wonder::customer_fields()`. Only
  /// in a reconciliation.
  std::uint8_t drift = 0;
  std::uint64_t drift_mark = 0;  ///< a hash of what it shows there; meaningless without drift
};

class Outcome {
 public:
  Outcome() = default;
  Outcome(RowRef row_, Status status_) noexcept : row(std::move(row_)), status(status_) {}

  RowRef row;
  Status status = Status::success;
  Applied applied = Applied::no;               ///< only told when the status is not success
  std::uint16_t http = 0;                      ///< the last answer's status; 0: there was none
  std::uint16_t attempts = 0;                  ///< attempts that count against --max-attempts
  RequestId request_id{};                      ///< of the last attempt; meaningless when attempts is 0
  std::chrono::system_clock::time_point at{};  ///< when the row ended
  /// The API may apply an earlier request of this row until then; the epoch: it has answered all of them.
  std::chrono::system_clock::time_point late_until{};
  std::chrono::nanoseconds service{0};  ///< last attempt: send → answer, or → its loss
  std::unique_ptr<Reason> reason;       ///< null for a plain success
  std::unique_ptr<Remark> remark;       ///< a success may have one
};

}  // namespace amend
