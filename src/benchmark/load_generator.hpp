// Sends on schedule, or as answers make room, and measures. Layer 4; run() on one thread, wake() and progress() from
// any.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "admission/credential_guard.hpp"
#include "amend/benchmark/benchmark.hpp"
#include "benchmark/requests_ahead.hpp"
#include "queue/run_control.hpp"
#include "transport/transport.hpp"
#include "worker/connection_keeper.hpp"

namespace amend {

/// What becomes of requests that were due when the last step ended, and that no connection was free for.
enum class Overrun : std::uint8_t {
  send,    ///< they are still sent, for at most one answer deadline
  cut_off  ///< they count as not sent, unless a connection is free right then
};

class LoadOrder {
 public:
  LoadOrder() = default;

  std::vector<LoadStep> steps;  ///< open loops all, or closed ones all
  Overrun overrun = Overrun::send;
  std::uint64_t requests_max = 0;  ///< of those that count; 0: as many as the time allows
};
static_assert(!std::is_aggregate_v<LoadOrder>);

class LoadGenerator final : private ConnectionKeeper::Owner {
 public:
  using Clock = std::chrono::steady_clock;

  LoadGenerator(const Config& config, const Credentials& credentials, const BenchmarkRows& rows, LoadOrder order,
                RunControl& control);
  LoadGenerator(const LoadGenerator&) = delete;
  LoadGenerator& operator=(const LoadGenerator&) = delete;

  /// Opens all connections, sends, waits for what is in flight. Once. Why it ended early is in the control.
  LoadFigures run();

  /// Looks at the control again. Any thread.
  void wake();
  BenchmarkProgress progress() const;  ///< any thread

 private:
  // What is measured of a connection, found by its index.
  class Measured {
   public:
    bool tried = false;        // to be opened
    Clock::time_point used{};  // something was sent or received
    ConnectionFigures figures;
  };

  // A request in flight, found by its tag.
  class Flight {
   public:
    std::size_t row = 0;
    PlannedSend planned{std::chrono::nanoseconds(0), 0};
    Clock::time_point sent{};
    std::chrono::nanoseconds idle{0};  // how long its connection had stood unused
  };

  // One that was not processed: its connection's end was announced, or came to a connection that nobody had used.
  class Resend {
   public:
    Resend(std::size_t row_, std::uint32_t connection_, PlannedSend planned_) noexcept
        : row(row_), connection(connection_), planned(planned_) {}
    std::size_t row;
    std::uint32_t connection;  // that it was sent on
    PlannedSend planned;
  };

  // ConnectionKeeper::Owner
  void rests(const Connection&) override {}
  void opened(Connection& connection, const Opened& opened) override;
  void take(Connection& connection, const Received& received) override;
  bool reads_later(Connection&) override { return false; }
  void broke(const std::exception_ptr& error) override;
  void begin_when_open();
  void note_failed_opening(Connection& connection, const Opened& opened);
  void begin();

  bool open_loop() const noexcept { return order_.steps.front().interval.count() > 0; }
  std::chrono::nanoseconds since_start(Clock::time_point now) const noexcept { return now - start_; }
  void pump();
  void pump_schedule(Clock::time_point now);
  void pump_closed(Clock::time_point now);
  bool resend();
  std::optional<PlannedSend> next_planned(Clock::time_point now);
  Connection* free_connection();
  void send(Connection& connection, const MadeRequest& made, PlannedSend planned);
  void look_again_at(Clock::time_point when);

  void take_response(Connection& connection, const TaggedResponse& answer, Clock::time_point now);
  void take_loss(const Connection& connection, std::uint32_t tag, const Received& received, Clock::time_point now);
  void count(const RequestEnd& end);
  bool counts(std::uint32_t step) const noexcept { return order_.steps[step].counted == Counted::yes; }

  void end_when_done(Clock::time_point now);
  std::optional<std::size_t> step_at(std::chrono::nanoseconds at) const noexcept;
  bool all_sent(Clock::time_point now);
  bool past_end(Clock::time_point now) const noexcept;
  void give_up_resends(Clock::time_point now);
  void give_up_overdue(Clock::time_point now);
  void finish();
  void publish();
  void keep_publishing();
  LoadFigures result();

  const Config config_;
  const Target target_;
  const Credentials& credentials_;
  const BenchmarkRows& rows_;
  const LoadOrder order_;
  RunControl& control_;
  CredentialGuard guard_;
  std::uint64_t responses_ = 0;
  std::unique_ptr<Transport> transport_;
  RequestMaker maker_;  // of this thread: judges, and makes what is sent again
  boost::asio::io_context io_;
  boost::asio::steady_timer due_;
  boost::asio::steady_timer publishing_;
  Connections connections_{ReconnectPolicy(ReconnectPolicy::Use::always_open),
                           [this](Connection& connection) { keeper_.wake(connection); }};
  ConnectionKeeper keeper_{io_, connections_, control_, *this};
  std::vector<Measured> measured_;
  std::size_t turn_ = 0;  // the connection that was used last
  std::vector<Flight> flights_;
  std::vector<std::uint32_t> free_flights_;
  std::vector<Resend> again_;  // at most as many as flights_
  MadeRequest made_again_;

  std::unique_ptr<RequestsAhead> ahead_;
  std::optional<Schedule> schedule_;  // of what is sent next; open loop
  std::chrono::nanoseconds length_{0};
  std::uint64_t requests_ = 0;
  Clock::time_point start_{};
  bool begun_ = false;
  bool finished_ = false;
  std::optional<Clock::time_point> ended_at_;  // by stop
  Late blocked_by_ = Late::client;             // what the next request waited for
  std::exception_ptr error_;
  LoadFigures figures_;
  std::vector<StepFigures> steps_;  // warm-up included

  mutable std::mutex mutex_;  // guards progress_
  BenchmarkProgress progress_;
};

}  // namespace amend
