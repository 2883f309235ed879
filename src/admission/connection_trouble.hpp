// Whether the run can connect to the API, and since when not: what the operator is shown when it cannot. Layer 1, pure
// (the time is handed in). One object, shared by all workers; every call thread-safe.
//
// Trouble begins with `failures_to_begin` connections in a row that brought no response, or when they have failed for
// `failing_for`; one response ends it. A connection that fails now and then while others work is no trouble.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <type_traits>

#include "amend/transport/open_error.hpp"

namespace amend {

/// A connection that could not be made, or ended without one response.
class ConnectFailure {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  ConnectFailure(OpenError error_, std::string text_, time_point tried_since_, std::chrono::milliseconds patience_)
      : error(error_), text(std::move(text_)), tried_since(tried_since_), patience(patience_) {}

  OpenError error;
  std::string text;                    ///< "127.0.0.1:8443: Connection refused"
  time_point tried_since;              ///< when this attempt began
  std::chrono::milliseconds patience;  ///< the run stops after so long without a connection
};
static_assert(!std::is_aggregate_v<ConnectFailure>);

class ConnectionTrouble {
 public:
  using time_point = ConnectFailure::time_point;

  static constexpr std::uint32_t failures_to_begin = 3;
  static constexpr std::chrono::milliseconds failing_for{1'000};

  enum class Change : std::uint8_t { none, began, ended };

  /// As it is at one moment.
  class View {
   public:
    View() = default;

    bool present = false;
    OpenError error = OpenError::none;  ///< of the last failure
    std::string text;                   ///< the same; kept when the trouble is over
    std::chrono::nanoseconds lasted{0};
    std::chrono::milliseconds patience{0};
    std::uint64_t times = 0;            ///< that there was trouble, this one included
    std::chrono::nanoseconds total{0};  ///< of all of them
  };

  Change failed(const ConnectFailure& failure, time_point now);
  /// A response was received.
  Change reached(time_point now);
  View view(time_point now) const;

 private:
  mutable std::mutex mutex_;  // guards what follows
  View view_;                 // `lasted` and `total` without the trouble that is present
  std::uint32_t failures_ = 0;
  time_point since_{};
};

/// The notices when trouble begins and when it is over. Each is unlike that of the times before.
std::string begin_notice(const ConnectionTrouble::View& trouble);
std::string end_notice(const ConnectionTrouble::View& trouble);

}  // namespace amend
