#include "report/charts/load_series.hpp"

#include <algorithm>

namespace amend::report {
namespace {

double in_seconds(std::chrono::microseconds time) { return static_cast<double>(time.count()) / 1e6; }

// A few milliseconds make no rate: the lines leave out cells that a sample has only just reached.
constexpr int part_covered_least = 10;

// A process that was killed may have written records behind its last sample.
constexpr RunTime after_last_sample{1'000};

// Far from an overflow, whatever is in the file.
constexpr std::chrono::microseconds longest_sum{std::chrono::hours(24 * 365'250)};

}  // namespace

void RunClock::begin(Wall start, RunTime before) {
  if (processes_.size() == processes_max) return;
  if (!processes_.empty()) processes_.back().span = std::max(RunTime(0), before - processes_.back().before);
  processes_.emplace_back(start, before);
}

void RunClock::reach(RunTime reached, RunTime more) {
  processes_.back().span = std::max(RunTime(0), reached - processes_.back().before) + more;
}

RunTime RunClock::at(Wall wall) {
  for (std::size_t i = current_; i < processes_.size(); ++i)
    if (processes_[i].holds(wall)) {
      current_ = i;
      break;
    }
  return processes_[current_].at(wall);
}

bool RunClock::Process::holds(Wall wall) const noexcept {
  return wall >= start && (!span || wall - start <= *span + after_last_sample);
}

RunTime RunClock::Process::at(Wall wall) const noexcept {
  const RunTime since = std::max(RunTime(0), std::chrono::floor<RunTime>(wall - start));
  return before + (span ? std::min(since, *span) : since);
}

void LoadSeries::Cell::merge(const Cell& behind) {
  covered += behind.covered;
  requests += behind.requests;
  retries += behind.retries;
  throttled += behind.throttled;
  overloaded += behind.overloaded;
  not_connected += behind.not_connected;
  in_flight = std::max(in_flight, behind.in_flight);
  in_flight_max = std::max(in_flight_max, behind.in_flight_max);
  waiting = std::min(waiting + behind.waiting, longest_sum);
  interval = std::min(interval + behind.interval, longest_sum);
  interval_seen += behind.interval_seen;
}

void LoadSeries::begin() {
  for (std::size_t cause = 0; cause < Wait::causes; ++cause) follow(static_cast<Wait::Cause>(cause), false, reached_);
  if (began_) history_.resumed_s.push_back(in_seconds(reached_));
  if (history_.resumed_s.size() > RunClock::processes_max) history_.resumed_s.pop_back();
  began_ = true;
  before_ = reached_;
  last_ = TimelineSample();
}

void LoadSeries::add(const TimelineSample& sample) {
  const RunTime longest = TimeSeries<Cell>::time_max;
  const RunTime now = std::max(reached_, std::min(before_ + std::min(sample.elapsed, longest), longest));
  history_.recorded = true;
  Cell cell;
  cell.covered = now - reached_;
  cell.requests = growth(sample.attempts, last_.attempts);
  const std::uint64_t retries = growth(sample.retries, last_.retries);
  const std::uint64_t requeues = growth(sample.requeues, last_.requeues);
  cell.retries = retries + requeues;
  cell.throttled = growth(sample.throttled, last_.throttled);
  cell.overloaded = growth(sample.overloaded, last_.overloaded);
  cell.not_connected = growth(sample.handshakes_failed, last_.handshakes_failed);
  cell.in_flight = sample.in_flight;
  cell.in_flight_max = sample.in_flight_max;
  cell.waiting = std::max(std::chrono::microseconds(0), sample.limiter_wait - last_.limiter_wait);
  cell.interval = sample.interval;
  cell.interval_seen = sample.interval.count() > 0 ? 1 : 0;
  history_.requests += cell.requests;
  history_.retries += retries;
  history_.requeues += requeues;
  history_.throttled += cell.throttled;
  history_.overloaded += cell.overloaded;
  // Events since the last sample belong before this one, also on the border of two cells.
  series_.at(now > RunTime(0) ? now - RunTime(1) : now).merge(cell);
  follow(Wait::Cause::paused, sample.paused, now);
  follow(Wait::Cause::held, sample.held.count() > 0, now);
  follow(Wait::Cause::circuit, sample.circuit != CircuitState::closed, now);
  follow(Wait::Cause::connect, sample.not_connected, now);
  reached_ = now;
  last_ = sample;
}

void LoadSeries::leave_out(RunTime time) {
  reached_ += time;
  began_ = true;
}

void LoadSeries::follow(Wait::Cause cause, bool waiting, RunTime now) {
  auto& since = waiting_since_[static_cast<std::size_t>(cause)];
  if (waiting && !since) {
    since = now;
    ++history_.times_waited[static_cast<std::size_t>(cause)];
  }
  if (waiting || !since) return;
  const double from = in_seconds(*since);
  const double to = in_seconds(now);
  since.reset();
  history_.waited_s[static_cast<std::size_t>(cause)] += to - from;
  if (history_.waits.size() < LoadHistory::waits_max) {
    history_.waits.emplace_back(cause, from, to);
  } else {
    ++history_.waits_left_out;
  }
}

LoadPoint LoadSeries::point_of(const Cell& cell, double at_s) const {
  const double seconds = in_seconds(cell.covered);
  const auto rate = [&](std::uint64_t count) { return static_cast<double>(count) / seconds; };
  LoadPoint point;
  point.at_s = at_s;
  point.requests = rate(cell.requests);
  point.retries = rate(cell.retries);
  point.throttled = rate(cell.throttled);
  point.overloaded = rate(cell.overloaded);
  point.not_connected = rate(cell.not_connected);
  point.in_flight = static_cast<double>(cell.in_flight);
  point.in_flight_max = static_cast<double>(cell.in_flight_max);
  point.waiting = in_seconds(cell.waiting) / seconds;
  if (cell.interval_seen > 0) point.allowed = static_cast<double>(cell.interval_seen) / in_seconds(cell.interval);
  return point;
}

LoadHistory LoadSeries::history() const {
  LoadSeries closed = *this;  // a wait that has not ended is shown until now
  for (std::size_t cause = 0; cause < Wait::causes; ++cause)
    closed.follow(static_cast<Wait::Cause>(cause), false, reached_);
  LoadHistory history = closed.history_;
  const double width = in_seconds(series_.width());
  const auto& cells = series_.cells();
  for (std::size_t i = 0; i < cells.size(); ++i)
    if (cells[i].covered.count() > 0 && (cells.size() == 1 || cells[i].covered * part_covered_least >= series_.width()))
      history.points.push_back(
          point_of(cells[i], std::min((static_cast<double>(i) + 0.5) * width, in_seconds(reached_))));
  std::ranges::sort(history.waits, {}, &Wait::from_s);
  return history;
}

}  // namespace amend::report
