#include "connections.hpp"

#include <algorithm>

namespace amend {

void Connections::add(std::unique_ptr<Session> session) {
  const auto index = static_cast<std::uint32_t>(all_.size());
  all_.push_back(std::make_unique<Connection>(index, std::move(session), policy_.first()));
}

std::size_t Connections::in_flight() const noexcept {
  std::size_t sum = 0;
  for (const auto& connection : all_) sum += connection->session->in_flight();
  return sum;
}

std::span<const std::unique_ptr<Connection>> Connections::allowed() const noexcept {
  return std::span(all_).first(std::min(allowed_, all_.size()));
}

void Connections::allow(std::size_t connections) {
  allowed_ = connections;
  for (std::size_t i = allowed_; i < all_.size(); ++i)
    if (all_[i]->is_idle()) all_[i]->session->close();
}

// The lead to open a connection is twice the time that the last one took to open, within bounds.
void Connections::opened(Connection& connection, time_point now) noexcept {
  constexpr std::chrono::nanoseconds lead_min = std::chrono::milliseconds(50);
  constexpr std::chrono::nanoseconds lead_max = std::chrono::seconds(1);
  opening_lead_ = std::clamp<std::chrono::nanoseconds>(2 * (now - connection.state.at), lead_min, lead_max);
  follow(connection, Event::opened, now);
  connection.number = ++opened_;
  connection.requests = 0;
  connection.responded = false;
  connection.ambiguous = false;
}

void Connections::reconnect() {
  for (const auto& connection : all_) {
    const Phase phase = connection->state.phase;
    if (phase == Phase::backing_off) wake_(*connection);
    if (phase == Phase::opening) connection->session->close();
    if (phase == Phase::open && connection->session->in_flight() > 0) connection->session->distrust();
  }
}

void Connections::close_all() {
  for (const auto& connection : all_) {
    connection->session->close();
    wake_(*connection);
  }
}

// Parallel connections hide latency better than a deep pipeline.
Connection* Connections::least_busy(std::size_t in_flight_max) const noexcept {
  Connection* best = nullptr;
  for (const auto& connection : allowed()) {
    const std::size_t in_flight = connection->session->in_flight();
    if (in_flight > in_flight_max || !connection->takes_rows() || !takes_requests(*connection)) continue;
    if (!best || in_flight < best->session->in_flight()) best = connection.get();
  }
  return best;
}

Connection* Connections::unused() const noexcept {
  const auto is_unused = [](const auto& one) {
    return one->is_open() && one->requests == 0 && one->session->capacity() > 0;
  };
  const auto found = std::ranges::find_if(all_, is_unused);
  return found == all_.end() ? nullptr : found->get();
}

void Connections::run_alone(Connection& connection) noexcept {
  for (const auto& one : all_)
    if (one->alone == Connection::Alone::reserved) one->alone = Connection::Alone::no;
  connection.alone = Connection::Alone::running;
}

void Connections::want(Connection& connection, time_point now) {
  follow(connection, Event::wanted, now);
  wake_(connection);
}

// Opens another connection only when all open ones are busy.
void Connections::want_one(time_point now) {
  for (const auto& connection : allowed())
    if (connection->is_idle() && connection->takes_rows() && takes_requests(*connection)) return;
  for (const auto& connection : allowed())
    if (connection->state.phase == Phase::asleep) return want(*connection, now);
}

// Wants a connection that is not open, or else the least busy one, which is closed as soon as it is idle.
void Connections::want_unused(time_point now) {
  using Alone = Connection::Alone;
  Connection* reserved = nullptr;
  Connection* asleep = nullptr;
  Connection* least_busy = nullptr;
  for (const auto& one : allowed()) {
    if (one->state.phase == Phase::opening || one->state.phase == Phase::backing_off) return;
    if (one->state.phase == Phase::asleep) asleep = one.get();
    if (one->alone == Alone::reserved) reserved = one.get();
    const bool better = !least_busy || one->session->in_flight() < least_busy->session->in_flight();
    if (one->alone == Alone::no && better) least_busy = one.get();
  }
  if (asleep) return want(*asleep, now);
  if (!reserved) reserved = least_busy;
  if (!reserved) return;  // each connection carries a row that goes alone
  reserved->alone = Alone::reserved;
  if (reserved->session->in_flight() == 0) reserved->session->close();
}

void Connections::flush() {
  for (const auto& connection : all_)
    if (std::exchange(connection->unflushed, false)) connection->session->flush();
}

}  // namespace amend
