#include "fault_plan.hpp"

#include <array>
#include <cstddef>

namespace amend::sim {
namespace {

// splitmix64's finaliser: neighbouring ordinals give unrelated draws.
std::uint64_t mixed(std::uint64_t x) noexcept {
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31);
}

constexpr std::uint64_t purpose_fault = 1;
constexpr std::uint64_t purpose_interim = 2;
constexpr std::uint64_t purpose_extra = 3;
constexpr std::uint64_t purpose_jitter = 4;

}  // namespace

std::string_view to_string(Fault fault) noexcept {
  constexpr std::array<std::string_view, 11> names{"none",        "status",     "reset-before",    "reset-after",
                                                   "hang-before", "hang-after", "truncate",        "bad-json",
                                                   "html",        "wrong-uuid", "reject-pipelined"};
  return names[static_cast<std::size_t>(fault)];
}

double Shares::sum() const noexcept {
  double all = reset + hang + truncate + bad_json + html + wrong_uuid + reject_pipelined;
  for (const auto& [status, share] : statuses) all += share;
  return all;
}

FaultPlan::FaultPlan(std::uint64_t seed, Shares shares, std::chrono::nanoseconds latency,
                     std::chrono::nanoseconds jitter)
    : seed_(seed),
      shares_(std::move(shares)),
      latency_(latency),
      jitter_(jitter),
      quiet_(shares_.sum() + shares_.interim + shares_.extra_response <= 0) {}

double FaultPlan::draw(std::uint64_t ordinal, std::uint64_t purpose) const noexcept {
  const auto bits = mixed(mixed(mixed(seed_) ^ ordinal) ^ purpose);
  return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

FaultDecision FaultPlan::decide(std::uint64_t ordinal) const noexcept {
  FaultDecision decision;
  decision.delay = latency_;
  if (jitter_.count() > 0) {
    const double part = draw(ordinal, purpose_jitter) * static_cast<double>(jitter_.count());
    decision.delay += std::chrono::nanoseconds(static_cast<std::int64_t>(part));
  }
  if (quiet_) return decision;
  decision.interim = draw(ordinal, purpose_interim) < shares_.interim;
  decision.extra_response = draw(ordinal, purpose_extra) < shares_.extra_response;
  choose(draw(ordinal, purpose_fault), decision);
  return decision;
}

void FaultPlan::choose(double point, FaultDecision& decision) const noexcept {
  const auto falls_in = [&point](double share) {
    if (point < share) return true;
    point -= share;
    return false;
  };
  for (const auto& [status, share] : shares_.statuses) {
    if (!falls_in(share)) continue;
    decision.fault = Fault::status;
    decision.status = status;
    return;
  }
  const std::array<std::pair<Fault, double>, 9> rest{{{Fault::reset_before, shares_.reset / 2},
                                                      {Fault::reset_after, shares_.reset / 2},
                                                      {Fault::hang_before, shares_.hang / 2},
                                                      {Fault::hang_after, shares_.hang / 2},
                                                      {Fault::truncate, shares_.truncate},
                                                      {Fault::bad_json, shares_.bad_json},
                                                      {Fault::html, shares_.html},
                                                      {Fault::wrong_uuid, shares_.wrong_uuid},
                                                      {Fault::reject_pipelined, shares_.reject_pipelined}}};
  for (const auto& [fault, share] : rest) {
    if (!falls_in(share)) continue;
    decision.fault = fault;
    return;
  }
}

// The moment itself, or the end of the stall that contains it.
std::chrono::nanoseconds Stall::past(std::chrono::nanoseconds moment) const noexcept {
  const auto into = moment % period_;
  return into < period_ - length_ ? moment : moment - into + period_;
}

std::chrono::nanoseconds Stall::held(std::chrono::nanoseconds since, std::chrono::nanoseconds delay) const noexcept {
  return past(past(since) + delay) - since;
}

bool RequestQuota::take(std::chrono::system_clock::time_point now) noexcept {
  const auto window = now.time_since_epoch() / window_;
  if (window != current_) {
    current_ = window;
    used_ = 0;
  }
  if (used_ >= limit_) return false;
  ++used_;
  return true;
}

std::chrono::seconds RequestQuota::reset_in(std::chrono::system_clock::time_point now) const noexcept {
  return std::chrono::ceil<std::chrono::seconds>(reset_at(now) - now);
}

std::chrono::sys_seconds RequestQuota::reset_at(std::chrono::system_clock::time_point now) const noexcept {
  return std::chrono::sys_seconds((now.time_since_epoch() / window_ + 1) * window_);
}

}  // namespace amend::sim
