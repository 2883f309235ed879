// A row's final record: exactly one per row.
//
// A worker makes it, or the reader for a row that is never sent. The reporter writes it. Layer 0.
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
  success,     ///< a complete, matching 2xx response
  failed,      ///< the last attempt got a complete response that refuses the row, or no attempt ever reached the server
  unknown,     ///< the last attempt was sent and got no complete, usable response, and no attempt is left
  rejected,    ///< bad input, never sent
  superseded,  ///< never sent: another row of the same customer replaces it (--duplicates)
  unchanged,   ///< never sent: the API already has the row's values (`reconcile`)
};
inline constexpr std::array all_statuses{Status::success,  Status::failed,     Status::unknown,
                                         Status::rejected, Status::superseded, Status::unchanged};
inline constexpr std::size_t status_count = all_statuses.size();

/// Whether the row reached its goal, so that no further step is needed.
constexpr bool has_succeeded(Status status) noexcept {
  return status == Status::success || status == Status::superseded || status == Status::unchanged;
}

/// The spelling in results.ndjson: "success", "failed", ….
std::string_view to_string(Status status) noexcept;

/// Details of a row that succeeded.
class Remark {
 public:
  Remark() = default;

  std::string warning;  ///< empty: none
  /// Fields whose value in the response differs from the one sent: bit n is the nth of `wonder::customer_fields()`.
  /// Only in a reconciliation.
  std::uint8_t drift = 0;
  std::uint64_t drift_mark = 0;  ///< a hash of the values in the response; meaningless without drift
};

class Outcome {
 public:
  Outcome() = default;
  Outcome(RowRef row_, Status status_) noexcept : row(std::move(row_)), status(status_) {}

  RowRef row;
  Status status = Status::success;
  Applied applied = Applied::no;               ///< reported only when the status is not success
  std::uint16_t http = 0;                      ///< the last response's status; 0: there was no response
  std::uint16_t attempts = 0;                  ///< attempts that count against --max-attempts
  RequestId request_id{};                      ///< of the last attempt; meaningless when attempts is 0
  std::chrono::system_clock::time_point at{};  ///< when the row ended
  /// The API may apply an earlier request of this row until then; the epoch: it answered all of them.
  std::chrono::system_clock::time_point late_until{};
  std::chrono::nanoseconds service{0};  ///< last attempt: from sending to the response or to the loss
  std::unique_ptr<Reason> reason;       ///< null for a plain success
  std::unique_ptr<Remark> remark;       ///< a success may have one
};

}  // namespace amend
