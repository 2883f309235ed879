// The connections of one event loop: what each of them is doing, and which of them takes a request.
//
// It is between the machines that send and receive and the coroutines that wait (connection_keeper.hpp). It needs no
// event loop: events are calls, and `wake` is called for a connection whose coroutine has something to do. Layer 3.
//
// *Threads.* The loop's. *Errors.* Those of Session. *Bounds.* It keeps each connection: up to the highest number that
// was allowed at a time. *Lifetime.* References to connections stay valid. *Source.* ReconnectPolicy decides.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "admission/reconnect_policy.hpp"
#include "job_table.hpp"
#include "row/verdict.hpp"
#include "transport/transport.hpp"
#include "wonder/response_classifier.hpp"

namespace amend {

/// Unproven refusals of one connection, and of all: no request is sent until some of them are proved.
inline constexpr std::size_t unproven_per_connection_max = 256;
inline constexpr std::size_t unproven_max = 2048;

/// A refusal that has not ended its row yet (quarantine.hpp).
class Unproven {
 public:
  Unproven(JobNumber job_, const Verdict& verdict_, wonder::Classification&& classification_)
      : job(job_), verdict(verdict_), classification(std::move(classification_)) {}

  JobNumber job;
  Verdict verdict;
  wonder::Classification classification;
};

/// One place for a connection, which is opened many times, and the state of the present connection.
class Connection {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  enum class Alone : std::uint8_t {
    no,
    reserved,  ///< closed as soon as it is idle, for a row that goes alone
    running,   ///< carries such a row
  };

  Connection(std::uint32_t index_, std::unique_ptr<Session> session_, ReconnectPolicy::State state_)
      : index(index_), session(std::move(session_)), state(state_) {}

  bool is_open() const noexcept { return state.phase == ReconnectPolicy::Phase::open; }
  bool is_idle() const noexcept { return is_open() && session->in_flight() == 0; }
  bool takes_rows() const noexcept { return is_open() && alone == Alone::no && session->capacity() > 0; }

  const std::uint32_t index;
  std::unique_ptr<Session> session;
  ReconnectPolicy::State state;
  Alone alone = Alone::no;
  bool unflushed = false;
  std::uint32_t number = 0;        ///< distinguishes the connections that were opened
  std::uint32_t requests = 0;      ///< given to this connection
  bool responded = false;          ///< a response came
  bool ambiguous = false;          ///< a success on it may have been the response to an earlier attempt
  std::vector<Unproven> unproven;  ///< refusals since its last proven response
  time_point unproven_since{};     ///< when the last of them came
  time_point proven{};             ///< when a response last came that certainly was its request's
};

/// The error code of a request whose connection ended before its response.
constexpr std::string_view loss_code(CloseCause cause) noexcept {
  if (cause == CloseCause::timeout) return "transport.timeout";
  return cause == CloseCause::protocol ? "transport.protocol" : "transport.closed";
}

class Connections {
 public:
  using time_point = Connection::time_point;
  using Event = ReconnectPolicy::Event;
  using Phase = ReconnectPolicy::Phase;

  Connections(ReconnectPolicy policy, std::function<void(Connection&)> wake)
      : policy_(policy), wake_(std::move(wake)) {}

  std::span<const std::unique_ptr<Connection>> all() const noexcept { return all_; }
  std::size_t in_flight() const noexcept;

  void add(std::unique_ptr<Session> session);
  /// Connections beyond the first `connections` take no more requests, and close when they are idle.
  void allow(std::size_t connections);

  // Applies an event to a connection.
  void follow(Connection& connection, Event event, time_point now, std::uint64_t random = 0) noexcept {
    connection.state = policy_.next(connection.state, event, now, random);
  }
  void opened(Connection& connection, time_point now) noexcept;
  /// Rows make no progress for an unknown reason: connections that wait for anything are made again.
  void reconnect();
  void close_all();

  bool on_demand() const noexcept { return policy_.on_demand(); }

  // Whether unproven refusals let the connection take another request. takes_rows() is the whole question.
  bool takes_requests(const Connection& connection) const noexcept {
    return !connection.ambiguous && connection.unproven.size() < unproven_per_connection_max && unproven < unproven_max;
  }
  Connection* least_busy(std::size_t in_flight_max) const noexcept;
  Connection* unused() const noexcept;
  /// Until it has its response, the next request is the only one on this connection.
  void run_alone(Connection& connection) noexcept;
  void want_one(time_point now);
  void want_unused(time_point now);
  /// A connection is opened this long before it is needed.
  std::chrono::nanoseconds opening_lead() const noexcept { return opening_lead_; }

  void submit(Connection& connection, const Request& request) {
    connection.session->submit(request);
    ++connection.requests;
    connection.unflushed = true;
  }
  void flush();

  std::size_t unproven = 0;  ///< refusals on all connections and in proofs

 private:
  std::span<const std::unique_ptr<Connection>> allowed() const noexcept;
  void want(Connection& connection, time_point now);

  ReconnectPolicy policy_;
  std::function<void(Connection&)> wake_;
  std::vector<std::unique_ptr<Connection>> all_;
  std::size_t allowed_ = std::numeric_limits<std::size_t>::max();
  std::uint32_t opened_ = 0;
  std::chrono::nanoseconds opening_lead_{std::chrono::milliseconds(50)};
};

}  // namespace amend
