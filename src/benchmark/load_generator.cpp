#include "benchmark/load_generator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>

#include "transport/event_loop.hpp"
#include "transport/stop_cause.hpp"
#include "wonder/routes.hpp"

namespace amend {
namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds lead{50};  // between the last connection and the first planned send

std::chrono::nanoseconds length_of(const std::vector<LoadStep>& steps) {
  std::chrono::nanoseconds sum{0};
  for (const LoadStep& step : steps) sum += step.duration;
  return sum;
}

std::unique_ptr<Transport> make_transport(const Config& config, const Target& target) {
  return make_http1_transport(target, config.target, config.deadline, config.load.pipeline,
                              wonder::fixed_headers(config.version));
}

}  // namespace

LoadGenerator::LoadGenerator(const Config& config, const Credentials& credentials, const BenchmarkRows& rows,
                             LoadOrder order, RunControl& control)
    : config_(config),
      target_(parse_target(config_.target)),
      credentials_(credentials),
      rows_(rows),
      order_(std::move(order)),
      control_(control),
      transport_(make_transport(config_, target_)),
      maker_(config_, target_.path_prefix, credentials, rows),
      io_(1),
      due_(io_),
      publishing_(io_),
      length_(length_of(order_.steps)) {
  const LoadConfig& load = config_.load;
  for (std::uint32_t i = 0; i < load.connections; ++i) connections_.add(transport_->make_session(io_.get_executor()));
  measured_.resize(load.connections);
  flights_.resize(std::size_t{load.connections} * load.pipeline);
  for (std::size_t i = flights_.size(); i-- > 0;) free_flights_.push_back(static_cast<std::uint32_t>(i));
  for (const LoadStep& step : order_.steps) steps_.emplace_back(step);
}

LoadFigures LoadGenerator::run() {
  keeper_.start();
  keep_publishing();
  run_event_loop(io_, error_);
  return result();
}

void LoadGenerator::wake() {
  asio::post(io_, [this] { pump(); });
}

void LoadGenerator::broke(const std::exception_ptr& error) {
  if (error_) return;
  error_ = error;
  io_.stop();
}

void LoadGenerator::opened(Connection& connection, const Opened& opened) {
  Measured& measured = measured_[connection.index];
  measured.tried = true;
  if (opened.error == OpenError::none) {
    ++measured.figures.opened;
    measured.used = Clock::now();
    figures_.address = connection.session->peer();
    figures_.security = connection.session->security();
  } else {
    note_failed_opening(connection, opened);
  }
  begin_when_open();
  pump();
}

// Without one connection there is nothing to measure; with some, those that are refused are tried again.
void LoadGenerator::note_failed_opening(Connection& connection, const Opened& opened) {
  connections_.follow(connection, Connections::Event::failed, Clock::now());
  const bool any = std::ranges::any_of(measured_, [](const Measured& one) { return one.figures.opened > 0; });
  const bool all_tried = std::ranges::all_of(measured_, &Measured::tried);
  if (!any && all_tried) control_.stop(stop_cause_of(opened.error), opened.text);
}

void LoadGenerator::begin_when_open() {
  if (begun_ || finished_ || control_.draining()) return;
  if (std::ranges::all_of(measured_, &Measured::tried)) begin();
}

void LoadGenerator::begin() {
  start_ = Clock::now() + (open_loop() ? lead : std::chrono::milliseconds(0));
  figures_.began = std::chrono::system_clock::now() + (start_ - Clock::now());
  if (open_loop()) schedule_.emplace(order_.steps);
  std::vector<std::unique_ptr<RequestMaker>> makers;
  const std::uint32_t threads = maker_.signs_slowly() ? std::max(1u, config_.load.workers) : 1;
  for (std::uint32_t i = 0; i < threads; ++i)
    makers.push_back(std::make_unique<RequestMaker>(config_, target_.path_prefix, credentials_, rows_));
  const std::size_t at_once = open_loop() ? RequestsAhead::capacity_max : 2 * flights_.size();
  ahead_ =
      std::make_unique<RequestsAhead>(std::move(makers), rows_.size(), schedule_, start_, at_once, [this] { wake(); });
  begun_ = true;
}

// Everything that may have become possible is done.
void LoadGenerator::pump() {
  if (finished_) return;
  const auto now = Clock::now();
  if (control_.draining() && !ended_at_) ended_at_ = now;
  if (begun_ && !ended_at_ && resend()) {
    if (open_loop()) {
      pump_schedule(now);
    } else {
      pump_closed(now);
    }
  }
  connections_.flush();
  end_when_done(now);
}

// False: something still waits to be sent again, and goes first.
bool LoadGenerator::resend() {
  while (!again_.empty()) {
    Connection* const connection = free_connection();
    if (!connection) return false;
    const Resend next = again_.back();
    again_.pop_back();
    ++steps_[next.planned.step].resent;
    maker_.make(next.row, made_again_);
    send(*connection, made_again_, next.planned);
  }
  return true;
}

std::optional<PlannedSend> LoadGenerator::next_planned(Clock::time_point now) {
  if (order_.requests_max != 0 && requests_ >= order_.requests_max) return std::nullopt;
  if (open_loop()) return schedule_->peek();
  const auto at = since_start(now);
  if (at >= length_) return std::nullopt;
  const auto warm_up = order_.steps.front().duration;
  const bool second = order_.steps.size() > 1 && at >= warm_up;
  return PlannedSend(at, second ? 1 : 0);
}

void LoadGenerator::pump_schedule(Clock::time_point now) {
  for (auto planned = next_planned(now); planned; planned = next_planned(now)) {
    if (start_ + planned->at > now) {
      blocked_by_ = Late::client;
      return look_again_at(start_ + planned->at);
    }
    const MadeRequest* const made = ahead_->front();
    Connection* const connection = made ? free_connection() : nullptr;
    if (!connection) {
      blocked_by_ = made ? Late::connections : Late::signing;
      return;
    }
    if (counts(planned->step)) ++requests_;
    steps_[planned->step].sent(Clock::now() - (start_ + planned->at), blocked_by_);
    send(*connection, *made, *planned);
    schedule_->pop();
    ahead_->pop();
    now = std::max(now, Clock::now());
  }
}

void LoadGenerator::pump_closed(Clock::time_point now) {
  for (auto planned = next_planned(now); planned; planned = next_planned(Clock::now())) {
    const MadeRequest* const made = ahead_->front();
    Connection* const connection = made ? free_connection() : nullptr;
    if (!connection) return;
    if (counts(planned->step)) ++requests_;
    send(*connection, *made, *planned);
    ahead_->pop();
  }
}

// The one with the least in flight, in turn: no connection is left to grow cold.
Connection* LoadGenerator::free_connection() {
  Connection* best = nullptr;
  const auto all = connections_.all();
  for (std::size_t i = 0; i < all.size(); ++i) {
    Connection& connection = *all[(turn_ + 1 + i) % all.size()];
    if (connection.session->capacity() == 0) continue;
    if (!best || connection.session->in_flight() < best->session->in_flight()) best = &connection;
    if (best->session->in_flight() == 0) break;
  }
  if (best) turn_ = best->index;
  return best;
}

void LoadGenerator::send(Connection& connection, const MadeRequest& made, PlannedSend planned) {
  Measured& measured = measured_[connection.index];
  const std::uint32_t tag = free_flights_.back();
  free_flights_.pop_back();
  Flight& flight = flights_[tag];
  flight.row = made.row;
  flight.planned = planned;
  flight.sent = Clock::now();
  flight.idle = connection.session->in_flight() == 0 ? flight.sent - measured.used : std::chrono::nanoseconds(0);
  measured.used = flight.sent;
  Request request = maker_.request(made);
  request.tag = tag;
  connections_.submit(connection, request);
}

void LoadGenerator::look_again_at(Clock::time_point when) {
  due_.expires_at(when);
  due_.async_wait([this](boost::system::error_code ec) {
    if (!ec) pump();
  });
}

}  // namespace amend
