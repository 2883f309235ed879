// Whether the run can connect to the API, and since when it cannot: the operator is shown this.
//
// Trouble begins with `failures_to_begin` connections in a row that brought no response, or when they have failed for
// `failing_for`. One response ends it. A connection that fails now and then while others work does not count as
// trouble.
//
// *Threads.* Any; one object, shared by all workers. *Errors.* None. *Bounds.* It stores the last failure. *Lifetime.*
// A value that stays where it is. *Source.* A policy: the time is an argument.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <type_traits>

#include "amend/transport/open_error.hpp"

namespace amend {

/// A connection that could not be made, or that ended without a response.
class ConnectFailure {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  ConnectFailure(OpenError error_, std::string text_, time_point tried_since_, std::chrono::milliseconds patience_)
      : error(error_), text(std::move(text_)), tried_since(tried_since_), patience(patience_) {}

  OpenError error;
  std::string text;                    ///< "127.0.0.1:8443: Connection refused"
  time_point tried_since;              ///< when this attempt began
  std::chrono::milliseconds patience;  ///< the run stops after this time without a connection
};
static_assert(!std::is_aggregate_v<ConnectFailure>);

class ConnectionTrouble {
 public:
  using time_point = ConnectFailure::time_point;

  static constexpr std::uint32_t failures_to_begin = 3;
  static constexpr std::chrono::milliseconds failing_for{1'000};

  enum class Change : std::uint8_t { none, began, ended };

  /// The state at one moment.
  class View {
   public:
    View() = default;

    bool present = false;
    OpenError error = OpenError::none;  ///< of the last failure
    std::string text;                   ///< the same; kept when the trouble is over
    std::chrono::nanoseconds lasted{0};
    std::chrono::milliseconds patience{0};
    std::uint64_t times = 0;            ///< how often there was trouble, this time included
    std::chrono::nanoseconds total{0};  ///< the duration of all of them
  };

  Change failed(const ConnectFailure& failure, time_point now);
  /// A response was received.
  Change reached(time_point now);
  View view(time_point now) const;

 private:
  mutable std::mutex mutex_;  // guards what follows
  View view_;                 // `lasted` and `total` exclude the present trouble
  std::uint32_t failures_ = 0;
  time_point since_{};
};

/// The notices when trouble begins and when it ends. Each differs from earlier ones.
std::string begin_notice(const ConnectionTrouble::View& trouble);
std::string end_notice(const ConnectionTrouble::View& trouble);

}  // namespace amend
