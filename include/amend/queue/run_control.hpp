// What all stages must know about the run as a whole: go on, drain, or stop now. Layer 2, thread-safe.
//
// Shut-down is by state: a flag that every stage looks at, closing queues and closing sockets; no cancellation signals.
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

  /// `on_change` is called, from whatever thread, each time draining() or stopping_now() became true, and at
  /// reconnect(), set_connections() and wake(); it must only wake.
  explicit RunControl(std::function<void()> on_change) : on_change_(std::move(on_change)) {}
  RunControl(const RunControl&) = delete;
  RunControl& operator=(const RunControl&) = delete;

  /// Nothing new is sent from here on; answers in flight are waited for. The first cause and text count, but
  /// not_durable replaces any other, and defect replaces that.
  void stop(StopCause cause, std::string text);
  /// Not even that: connections are closed. Keeps an earlier cause.
  void stop_now(StopCause cause, std::string text);

  bool draining() const noexcept { return draining_.load(std::memory_order_acquire); }
  bool stopping_now() const noexcept { return stopping_now_.load(std::memory_order_acquire); }
  StopCause cause() const;
  std::string text() const;

  /// A response came: somebody answers there.
  void answered(Clock::time_point now) noexcept;

  /// An attempt failed with this code and these words, both printable: what an operator asks first when a run waits or
  /// stops. Any thread.
  void failed(std::string_view code, std::string_view words);
  /// "http.503: HTTP 503, …"; empty: none has failed.
  std::string last_failure() const;
  /// "; the last failure: http.503: …", or nothing: to be put behind the reason of a stop.
  std::string last_failure_clause() const;

  /// Something a person should know that stops nothing: said while the run goes on, and in its summary. A text is kept
  /// once; of more than `notices_max` the later ones are dropped.
  void notice(std::string text);
  static constexpr std::size_t notices_max = 20;
  /// Those from the number `from` on, in the order they came.
  std::vector<std::string> notices(std::size_t from = 0) const;

  /// So many connections from now on, of all workers; 0: as many as at the start.
  void set_connections(std::uint32_t connections);
  std::uint32_t connections() const noexcept { return connections_.load(std::memory_order_acquire); }

  /// Something has changed that the workers wait for.
  void wake() { on_change_(); }

  /// Asks the workers to close what waits for answers and to connect anew: rows in flight are sent again.
  void reconnect();
  /// How often that was asked.
  std::uint32_t reconnects() const noexcept { return reconnects_.load(std::memory_order_acquire); }

  /// When the API last answered; the epoch when it never did.
  Clock::time_point last_answer() const noexcept {
    return Clock::time_point(Clock::duration(last_answer_.load(std::memory_order_relaxed)));
  }
  bool ever_answered() const noexcept { return last_answer_.load(std::memory_order_relaxed) != 0; }

 private:
  std::function<void()> on_change_;
  std::atomic<bool> draining_{false};
  std::atomic<bool> stopping_now_{false};
  std::atomic<std::uint32_t> reconnects_{0};
  std::atomic<std::uint32_t> connections_{0};
  std::atomic<Clock::rep> last_answer_{0};
  mutable std::mutex mutex_;
  StopCause cause_ = StopCause::none;
  std::string text_;
  std::string last_failure_;
  std::vector<std::string> notices_;
};

}  // namespace amend
