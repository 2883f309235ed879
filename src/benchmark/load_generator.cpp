#include "benchmark/load_generator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "amend/transport/event_loop.hpp"
#include "amend/transport/stop_cause.hpp"
#include "amend/wonder/routes.hpp"

namespace amend {
namespace asio = boost::asio;

namespace {

constexpr auto token = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds lead{50};  // between the last connection and the first planned send
constexpr std::chrono::milliseconds reopen_first{50};
constexpr std::chrono::milliseconds reopen_max{2'000};

std::chrono::nanoseconds length_of(const std::vector<LoadStep>& steps) {
  std::chrono::nanoseconds sum{0};
  for (const LoadStep& step : steps) sum += step.duration;
  return sum;
}

std::unique_ptr<Transport> make_transport(const Config& config, const Target& target) {
  return make_http1_transport(target, config.target, config.deadline, config.pace.pipeline,
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
  const PaceConfig& pace = config_.pace;
  for (std::uint32_t i = 0; i < pace.connections; ++i)
    lines_.push_back(std::make_unique<Line>(i, transport_->make_session(io_.get_executor()), io_));
  flights_.resize(std::size_t{pace.connections} * pace.pipeline);
  for (std::size_t i = flights_.size(); i-- > 0;) free_flights_.push_back(static_cast<std::uint32_t>(i));
  for (const LoadStep& step : order_.steps) steps_.emplace_back(step);
}

LoadFigures LoadGenerator::run() {
  for (const auto& line : lines_)
    asio::co_spawn(io_, keep(*line), [this](std::exception_ptr error) { on_line_end(error); });
  keep_publishing();
  run_event_loop(io_, error_);
  return result();
}

void LoadGenerator::wake() {
  asio::post(io_, [this] { pump(); });
}

void LoadGenerator::on_line_end(std::exception_ptr error) {
  if (!error || error_) return;
  error_ = error;
  io_.stop();
}

asio::awaitable<void> LoadGenerator::keep(Line& line) {
  while (!finished_) {
    const bool opened = co_await open(line);
    if (opened) co_await serve(line);
    if (finished_ || line.failures == 0) continue;
    const auto shift = std::min<std::uint32_t>(line.failures, 10) - 1;
    const std::chrono::milliseconds time = std::min(reopen_max, reopen_first * (1 << shift));
    co_await pause(line, time);
  }
}

asio::awaitable<void> LoadGenerator::pause(Line& line, std::chrono::milliseconds time) {
  line.timer.expires_after(time);
  auto waited = co_await line.timer.async_wait(token);
  static_cast<void>(waited);
}

asio::awaitable<bool> LoadGenerator::open(Line& line) {
  const Opened opened = co_await line.session->open();
  line.tried = true;
  if (finished_) {
    line.session->close();
    co_return false;
  }
  if (opened.error == OpenError::none) {
    ++line.figures.opened;
    line.used = Clock::now();
    figures_.address = line.session->peer();
    figures_.security = line.session->security();
  } else {
    not_opened(line, opened);
  }
  begin_when_open();
  pump();
  co_return opened.error == OpenError::none;
}

// Without one connection there is nothing to measure; with some, those that are refused are tried again meanwhile.
void LoadGenerator::not_opened(Line& line, const Opened& opened) {
  ++line.failures;
  const bool any = std::ranges::any_of(lines_, [](const auto& one) { return one->figures.opened > 0; });
  const bool all_tried = std::ranges::all_of(lines_, [](const auto& one) { return one->tried; });
  if (!any && all_tried) control_.stop(stop_cause_of(opened.error), opened.text);
}

asio::awaitable<void> LoadGenerator::serve(Line& line) {
  for (;;) {
    const Lot lot = co_await line.session->next();
    const auto now = Clock::now();
    const bool closed = lot.closed != CloseCause::open;
    if (!lot.answers.empty()) line.failures = 0;
    if (closed && lot.answers.empty() && lot.closed != CloseCause::announced) ++line.failures;
    take(line, lot, now);
    if (lot.closed == CloseCause::refused)
      control_.stop(StopCause::tls, line.session->peer() + ": " + std::string(lot.text));
    pump();
    if (closed) break;
  }
}

void LoadGenerator::begin_when_open() {
  if (begun_ || finished_ || control_.draining()) return;
  if (std::ranges::all_of(lines_, [](const auto& line) { return line->tried; })) begin();
}

void LoadGenerator::begin() {
  start_ = Clock::now() + (open_loop() ? lead : std::chrono::milliseconds(0));
  figures_.began = std::chrono::system_clock::now() + (start_ - Clock::now());
  if (open_loop()) schedule_.emplace(order_.steps);
  std::vector<std::unique_ptr<RequestMaker>> makers;
  const std::uint32_t threads = maker_.signs_slowly() ? std::max(1u, config_.pace.workers) : 1;
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
  flush();
  end_when_done(now);
}

// False: something still waits to be sent again, and goes first.
bool LoadGenerator::resend() {
  while (!again_.empty()) {
    Line* const line = free_line();
    if (!line) return false;
    const Resend next = again_.back();
    again_.pop_back();
    ++steps_[next.planned.step].resent;
    maker_.make(next.row, made_again_);
    send(*line, made_again_, next.planned);
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
    Line* const line = made ? free_line() : nullptr;
    if (!line) {
      blocked_by_ = made ? Late::connections : Late::signing;
      return;
    }
    if (counts(planned->step)) ++requests_;
    steps_[planned->step].sent(Clock::now() - (start_ + planned->at), blocked_by_);
    send(*line, *made, *planned);
    schedule_->pop();
    ahead_->pop();
    now = std::max(now, Clock::now());
  }
}

void LoadGenerator::pump_closed(Clock::time_point now) {
  for (auto planned = next_planned(now); planned; planned = next_planned(Clock::now())) {
    const MadeRequest* const made = ahead_->front();
    Line* const line = made ? free_line() : nullptr;
    if (!line) return;
    if (counts(planned->step)) ++requests_;
    send(*line, *made, *planned);
    ahead_->pop();
  }
}

// The one with the least in flight, in turn: no connection is left to grow cold.
LoadGenerator::Line* LoadGenerator::free_line() {
  Line* best = nullptr;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    Line& line = *lines_[(turn_ + 1 + i) % lines_.size()];
    if (line.session->capacity() == 0) continue;
    if (!best || line.session->in_flight() < best->session->in_flight()) best = &line;
    if (best->session->in_flight() == 0) break;
  }
  if (best) turn_ = best->number;
  return best;
}

void LoadGenerator::send(Line& line, const MadeRequest& made, PlannedSend planned) {
  const std::uint32_t tag = free_flights_.back();
  free_flights_.pop_back();
  Flight& flight = flights_[tag];
  flight.row = made.row;
  flight.planned = planned;
  flight.sent = Clock::now();
  flight.idle = line.session->in_flight() == 0 ? flight.sent - line.used : std::chrono::nanoseconds(0);
  line.used = flight.sent;
  Request request = maker_.request(made);
  request.tag = tag;
  line.session->submit(request);
  line.touched = true;
}

void LoadGenerator::flush() {
  for (const auto& line : lines_)
    if (std::exchange(line->touched, false)) line->session->flush();
}

void LoadGenerator::look_again_at(Clock::time_point when) {
  due_.expires_at(when);
  due_.async_wait([this](boost::system::error_code ec) {
    if (!ec) pump();
  });
}

}  // namespace amend
