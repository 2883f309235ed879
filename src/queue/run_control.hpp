// The state of the run that all stages share: run, drain, or stop now.
//
// A run ends by state: a flag that every stage reads, closing queues and closing sockets. There are no cancellation
// signals.
//
// Threads: thread-safe. Source: layer 2.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "amend/row/stop_cause.hpp"

namespace amend {

class RunControl {
 public:
  using Clock = std::chrono::steady_clock;

  /// `on_change` is called on any thread: whenever draining() or stopping_now() became true, and by reconnect(),
  /// set_connections() and wake(). It must only wake other threads.
  explicit RunControl(std::function<void()> on_change) : on_change_(std::move(on_change)) {}
  RunControl(const RunControl&) = delete;
  RunControl& operator=(const RunControl&) = delete;

  /// Nothing new is sent after this call, but responses in flight are awaited. The first cause and text count;
  /// not_durable replaces any other cause, and defect replaces that.
  void stop(StopCause cause, std::string text);
  /// Closes the connections too. Keeps an earlier cause.
  void stop_now(StopCause cause, std::string text);

  bool draining() const noexcept { return draining_.load(std::memory_order_acquire); }
  bool stopping_now() const noexcept { return stopping_now_.load(std::memory_order_acquire); }
  StopCause cause() const;
  std::string text() const;

  /// A response arrived, so the server is reachable.
  void answered(Clock::time_point now) noexcept;

  /// Records the code and the text, both printable, of a failed attempt. An operator needs them first when a run waits
  /// or stops. Any thread.
  void failed(std::string_view code, std::string_view words);
  /// "http.503: HTTP 503, …"; empty: no attempt failed.
  std::string last_failure() const;
  /// A clause for the reason of a stop: "; the last failure: http.503: …", or empty.
  std::string last_failure_clause() const;

  /// Adds a notice for the operator that stops nothing. It is shown during the run and in the summary. Equal texts
  /// count once. After `notices_max` notices, further ones are dropped.
  void notice(std::string text);
  static constexpr std::size_t notices_max = 20;
  /// The notices from number `from` on, in order of arrival.
  std::vector<std::string> notices(std::size_t from = 0) const;

  /// Sets the number of connections of all workers; 0 restores the number at the start.
  void set_connections(std::uint32_t connections);
  std::uint32_t connections() const noexcept { return connections_.load(std::memory_order_acquire); }

  /// Notifies the workers of a change.
  void wake() { on_change_(); }

  /// Makes the workers close connections with unanswered requests, and connect again. Rows in flight are sent again.
  void reconnect();
  /// How often reconnect() was called.
  std::uint32_t reconnects() const noexcept { return reconnects_.load(std::memory_order_acquire); }

  /// When the API last responded; the epoch when it never did.
  Clock::time_point last_response() const noexcept {
    return Clock::time_point(Clock::duration(last_response_.load(std::memory_order_relaxed)));
  }
  bool ever_answered() const noexcept { return last_response_.load(std::memory_order_relaxed) != 0; }

 private:
  std::function<void()> on_change_;
  std::atomic<bool> draining_{false};
  std::atomic<bool> stopping_now_{false};
  std::atomic<std::uint32_t> reconnects_{0};
  std::atomic<std::uint32_t> connections_{0};
  std::atomic<Clock::rep> last_response_{0};
  mutable std::mutex mutex_;
  StopCause cause_ = StopCause::none;
  std::string text_;
  std::string last_failure_;
  std::vector<std::string> notices_;
};

}  // namespace amend
