// What comes back to a load generator, its progress, and its end.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "benchmark/load_generator.hpp"

namespace amend {
namespace {

constexpr std::chrono::milliseconds publish_every{200};
// A server may close what stood unused for so long; sooner, it has dropped a request.
constexpr std::chrono::seconds idle_from{1};

std::string code_of(const wonder::Classification& classification, std::uint16_t status) {
  if (classification.response_class == wonder::ResponseClass::success) return {};
  return classification.code.empty() ? fmt::format("http.{}", status) : classification.code;
}

}  // namespace

void LoadGenerator::take(Connection& connection, const Received& received) {
  const auto now = Clock::now();
  const bool is_silent =
      received.closed != CloseCause::open && received.closed != CloseCause::announced && received.responses.empty();
  if (!received.responses.empty()) connections_.follow(connection, Connections::Event::responded, now);
  if (is_silent) connections_.follow(connection, Connections::Event::failed, now);
  for (const TaggedResponse& answer : received.responses) take_response(connection, answer, now);
  for (const std::uint32_t tag : received.unanswered) take_loss(connection, tag, received, now);
  if (received.closed == CloseCause::refused)
    control_.stop(StopCause::tls, connection.session->peer() + ": " + std::string(received.text));
  pump();
}

void LoadGenerator::take_response(Connection& connection, const TaggedResponse& answer, Clock::time_point now) {
  const Flight flight = flights_[answer.tag];
  free_flights_.push_back(answer.tag);
  measured_[connection.index].used = now;
  const Response& response = answer.response;
  const wonder::Classification classification = maker_.call().classify(response, rows_.row(flight.row));
  control_.answered(now);
  const auto seen = AttemptEnd::answered(classification.response_class, response.status);
  ++responses_;  // rows are sent again and again: each request counts as one
  const CredentialGuard::Run run(responses_, responses_, std::numeric_limits<std::uint64_t>::max(), flight.sent, now);
  const auto stop = guard_.look(seen, run);
  // A server that is not the API may be measured.
  if (stop != CredentialGuard::Stop::none && stop != CredentialGuard::Stop::not_the_api)
    control_.stop(StopCause::credentials, fmt::format("{}: HTTP {}, {}: {}",
                                                      classification.response_class == wonder::ResponseClass::gateway
                                                          ? "a gateway refuses the requests"
                                                          : "the API refuses the credentials",
                                                      response.status, classification.code, classification.text));
  // Responses behind it may belong to any row.
  if (classification.response_class == wonder::ResponseClass::mismatch) connection.session->distrust();
  const std::string code = code_of(classification, response.status);
  RequestEnd end;
  end.step = flight.planned.step;
  end.connection = connection.index;
  end.planned = flight.planned.at;
  end.latency = since_start(now) - flight.planned.at;
  end.service = now - flight.sent;
  end.http = response.status;
  end.code = code;
  end.text = classification.text;
  count(end);
}

void LoadGenerator::take_loss(const Connection& connection, std::uint32_t tag, const Received& received,
                              Clock::time_point now) {
  const Flight flight = flights_[tag];
  free_flights_.push_back(tag);
  if (received.closed == CloseCause::announced || (received.idle_race && flight.idle >= idle_from)) {
    again_.emplace_back(flight.row, connection.index, flight.planned);
    return;
  }
  RequestEnd end;
  end.step = flight.planned.step;
  end.connection = connection.index;
  end.planned = flight.planned.at;
  end.latency = since_start(now) - flight.planned.at;
  end.waited = received.closed == CloseCause::timeout || received.closed == CloseCause::local;
  end.code = loss_code(received.closed);
  end.text = received.text;
  count(end);
}

void LoadGenerator::count(const RequestEnd& end) {
  steps_[end.step].ended(end);
  figures_.series.ended(end);
  const auto at = end.planned + end.latency;
  const bool in_time = !ended_at_ || at <= since_start(*ended_at_);
  if (const auto step = step_at(at); step && end.http != 0 && in_time) steps_[*step].response_came(end);
  if (!counts(end.step)) return;
  ConnectionFigures& figures = measured_[end.connection].figures;
  if (!end.code.empty()) ++figures.errors;
  if (end.http == 0) return;
  ++figures.answered;
  figures.service.record(end.service);
}

// nullopt: all steps are over.
std::optional<std::size_t> LoadGenerator::step_at(std::chrono::nanoseconds at) const noexcept {
  for (std::size_t step = 0; step < order_.steps.size(); ++step) {
    if (at < order_.steps[step].duration) return step;
    at -= order_.steps[step].duration;
  }
  return std::nullopt;
}

// Nothing is sent any more, whatever is left.
bool LoadGenerator::past_end(Clock::time_point now) const noexcept {
  const bool patient = order_.overrun == Overrun::send || !open_loop();
  return since_start(now) >= length_ + (patient ? config_.deadline.response : std::chrono::milliseconds(0));
}

bool LoadGenerator::all_sent(Clock::time_point now) { return past_end(now) || (again_.empty() && !next_planned(now)); }

// Three ways to end: all was sent and answered; a stop, after which answers are waited for no longer than the grace
// time; or a stop before anything began.
void LoadGenerator::end_when_done(Clock::time_point now) {
  const bool nothing_in_flight = free_flights_.size() == flights_.size();
  if (ended_at_) {
    if (begun_) give_up_resends(now);
    if (begun_ && open_loop()) give_up_overdue(*ended_at_);
    if (nothing_in_flight || control_.stopping_now() || now - *ended_at_ >= config_.deadline.grace) finish();
    return;
  }
  if (!begun_ || !all_sent(now)) return;
  give_up_resends(now);
  if (open_loop()) give_up_overdue(now);
  if (nothing_in_flight) finish();
}

void LoadGenerator::give_up_resends(Clock::time_point now) {
  for (const Resend& one : again_) {
    RequestEnd end;
    end.step = one.planned.step;
    end.connection = one.connection;
    end.planned = one.planned.at;
    end.latency = since_start(now) - one.planned.at;
    end.waited = true;
    end.code = loss_code(CloseCause::ended);
    end.text = "the connection ended before the server processed the request, and no other connection was free";
    count(end);
  }
  again_.clear();
}

// Those whose time has come until then.
void LoadGenerator::give_up_overdue(Clock::time_point now) {
  for (auto planned = next_planned(now); planned; planned = next_planned(now)) {
    const auto waited = since_start(now) - planned->at;
    if (waited < std::chrono::nanoseconds(0)) return;
    if (counts(planned->step)) ++requests_;
    steps_[planned->step].not_sent(waited, blocked_by_);
    figures_.series.not_sent(planned->at, waited);
    schedule_->pop();
  }
}

void LoadGenerator::finish() {
  finished_ = true;
  ahead_.reset();
  due_.cancel();
  publishing_.cancel();
  keeper_.stop();
}

// The step of this moment, and the last point of the series that is whole.
void LoadGenerator::publish() {
  const auto at = std::max(since_start(Clock::now()), std::chrono::nanoseconds(0));
  BenchmarkProgress progress;
  const std::size_t step = step_at(at).value_or(steps_.size() - 1);
  std::chrono::nanoseconds began{0};
  for (std::size_t i = 0; i < step; ++i) began += order_.steps[i].duration;
  if (begun_) {
    progress.elapsed = at - began;
    progress.rate = rate_of(order_.steps[step]);
    const std::size_t before = counts(0) ? 0 : 1;  // warm-up
    progress.stage = counts(static_cast<std::uint32_t>(step)) ? fmt::format("step {}", step + 1 - before) : "warm-up";
  }
  for (const StepFigures& figures : steps_) {
    progress.answered += figures.answered;
    progress.errors += figures.errors();
    progress.late += figures.late();
  }
  const auto& points = figures_.series.points();
  const auto whole = static_cast<std::size_t>(at / figures_.series.width());
  if (begun_ && whole > 0 && whole <= points.size()) {
    const SeriesPoint& last = points[whole - 1];
    progress.responses_per_second =
        static_cast<double>(last.answered) / static_cast<double>(figures_.series.width().count());
    progress.p50 = last.latency.percentile(50);
    progress.p99 = last.latency.percentile(99);
  }
  const std::lock_guard lock(mutex_);
  progress_ = std::move(progress);
}

// Also looks whether it is to end: a closed loop whose time is over may wait for nothing else.
void LoadGenerator::keep_publishing() {
  publishing_.expires_after(publish_every);
  publishing_.async_wait([this](boost::system::error_code ec) {
    if (ec || finished_) return;
    publish();
    pump();
    if (!finished_) keep_publishing();
  });
}

BenchmarkProgress LoadGenerator::progress() const {
  const std::lock_guard lock(mutex_);
  return progress_;
}

LoadFigures LoadGenerator::result() {
  const auto end = !begun_ ? std::chrono::nanoseconds(0) : ended_at_ ? since_start(*ended_at_) : length_;
  const auto last = order_.requests_max != 0 && begun_ ? std::min(end, since_start(Clock::now())) : end;
  std::chrono::nanoseconds began{0};
  for (StepFigures& step : steps_) {
    step.lasted = std::clamp(last - began, std::chrono::nanoseconds(0), step.step.duration);
    began += step.step.duration;
    const bool never_began = ended_at_ && step.lasted.count() == 0;
    if (step.step.counted == Counted::yes && !never_began) figures_.steps.push_back(std::move(step));
  }
  if (!counts(0)) figures_.warm_up = order_.steps.front().duration;
  for (const Measured& one : measured_) figures_.connections.push_back(one.figures);
  return std::move(figures_);
}

}  // namespace amend
