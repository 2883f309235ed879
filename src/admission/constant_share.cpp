#include "admission/constant_share.hpp"

#include <algorithm>
#include <cmath>

namespace amend {
namespace {

constexpr double memory_of_share = 5'000;  // responses
constexpr double memory_of_recent = 400;
constexpr double below_limit = 0.97;       // of the rate of the last push-back
constexpr double lowered_to = 0.8;         // of the highest rate that was counted below the limit
constexpr double longest_spacing = 5;      // between two refusals, in multiples of the usual gap
constexpr double longest_hold = 20;        // the same
constexpr double responses_min = 7;        // before a share is suspected
constexpr double unexplained_at_once = 2;  // refusals below the limit that are single push-backs
constexpr double refusals_per_cut = 3;     // from then on
constexpr double first_evidence = 5;       // refusals
constexpr double evidence_max = 80;
constexpr double slow = 3;      // requests per second
constexpr double floor = 0.55;  // the same: limits are not this low
constexpr double slow_share_max = 0.6;
constexpr double slow_factor = 4;  // of the evidence
constexpr double floor_factor = 2;
constexpr double held_responses = 100;  // at least, and
constexpr double slow_held_responses = 40;
constexpr double held_refusals = 5;
constexpr double grown_responses_min = 100;
constexpr double grown_responses_max = 2'000;
constexpr double grown_refusals = 8;   // expected
constexpr double decisive = 6;         // ln 400
constexpr double enough_to_miss = 20;  // refusals
constexpr double still_there = 0.25;   // of the share measured while holding

// The highest plausible share: the count plus two standard deviations. It is never 0.
double upper_bound(double refused, double responses) noexcept {
  return std::min((refused + 2 * std::sqrt(refused) + 1) / responses, 1.0);
}

}  // namespace

void ConstantShare::Tally::add(bool is_refused, double memory) noexcept {
  if (responses >= memory) {
    responses /= 2;
    refused /= 2;
  }
  responses += 1;
  refused += is_refused ? 1 : 0;
}

ConstantShare::Step ConstantShare::count(bool refused, double rate, double limit, bool grown) noexcept {
  if (phase_ == Phase::holding) return hold(refused, rate);
  if (phase_ == Phase::growing) return grow(refused, rate, grown);
  return watch(refused, rate, limit);
}

ConstantShare::Step ConstantShare::watch(bool refused, double rate, double limit) noexcept {
  recent_.add(refused, memory_of_recent);
  forget_what_is_gone(refused);
  const bool is_below = rate < below_limit * limit;
  if (is_below) count_below_limit(refused, rate);
  if (!refused || !blames_rate(is_below, rate)) return Step::nothing;
  if (!is_below || !suspects(rate)) return Step::push_back;
  phase_ = Phase::holding;
  held_ = grown_ = Tally();
  likelihood_ = 0;
  return Step::hold;
}

// The proven share may end, but not grow: else the refusals of a limit would gradually become a part of it.
void ConstantShare::forget_what_is_gone(bool refused) noexcept {
  if (proven_.responses == 0) return;
  lately_.add(refused, memory_of_share);
  const double expected = proven_.share() * lately_.responses;
  if (expected > enough_to_miss && lately_.refused < expected / 4) proven_ = lately_ = Tally();
}

void ConstantShare::count_below_limit(bool refused, double rate) noexcept {
  highest_ = below_limit_.responses == 0 ? rate : std::max(highest_, rate);
  below_limit_.add(refused, memory_of_share);
  since_refusal_ = refused ? 0 : since_refusal_ + 1;
  // Refusals were not spread evenly: a limit has fallen, and the rate has found it.
  if (since_refusal_ * below_limit_.refused > longest_spacing * below_limit_.responses) below_limit_ = Tally();
}

ConstantShare::ConstantShare() noexcept : evidence_(first_evidence) {}

bool ConstantShare::blames_rate(bool is_below, double rate) const noexcept {
  if (proven_.responses > 0) return more_than_proven();
  if (!is_below || rate < slow || below_limit_.refused <= unexplained_at_once) return true;
  return recent_.refused >= refusals_per_cut;
}

bool ConstantShare::more_than_proven() const noexcept {
  const double explained = upper_bound(proven_.refused, proven_.responses) * recent_.responses;
  return recent_.refused > explained + 3 * std::sqrt(explained) + 1;
}

bool ConstantShare::suspects(double rate) const noexcept {
  if (below_limit_.responses < responses_min || below_limit_.share() > (rate < slow ? slow_share_max : share_max))
    return false;
  const double known = proven_.share() * below_limit_.responses;
  // A few requests per second do not show well where a limit is: some of its refusals occur below it.
  const double needed = rate >= slow ? evidence_ : (rate > floor ? slow_factor : floor_factor) * evidence_;
  const double unexplained = below_limit_.refused - known - 3 * std::sqrt(known);
  return unexplained >= (rate <= lowered_to * highest_ ? needed : 2 * needed);
}

ConstantShare::Step ConstantShare::hold(bool refused, double rate) noexcept {
  held_.add(refused, memory_of_share);
  held_rate_ = rate;
  if (held_.refused > share_max * held_responses && held_.share() > share_max) return end_proof(Step::push_back);
  const double gap = held_.refused == 0 ? longest_spacing : longest_hold;
  if (held_.responses > held_responses + gap / below_limit_.share()) return end_proof(Step::nothing);  // it is gone
  const double enough = rate < slow ? slow_held_responses : held_responses;
  if (held_.responses < enough || held_.refused < held_refusals) return Step::nothing;
  phase_ = Phase::growing;
  return Step::grow;
}

ConstantShare::Step ConstantShare::grow(bool refused, double rate, bool grown) noexcept {
  grown_.add(refused, memory_of_share);
  const double constant = held_.share();
  const double limited = 1 - (1 - constant) * held_rate_ / std::max(rate, held_rate_);
  likelihood_ += refused ? std::log(limited / constant) : std::log((1 - limited) / (1 - constant));
  if (likelihood_ > decisive || grown_.responses > grown_responses_max + grown_refusals / constant)
    return end_proof(Step::push_back);
  const double enough = std::max(grown_responses_min, grown_refusals / constant);
  if (likelihood_ > -decisive || !grown || grown_.responses < enough) return Step::nothing;
  if (grown_.share() < still_there * constant) return end_proof(Step::nothing);
  proven_ = held_;
  proven_.responses += grown_.responses;
  proven_.refused += grown_.refused;
  lately_ = Tally();
  return end_proof(Step::proven);
}

ConstantShare::Step ConstantShare::end_proof(Step step) noexcept {
  phase_ = Phase::watching;
  below_limit_ = recent_ = Tally();
  evidence_ = step == Step::push_back ? std::min(2 * evidence_, evidence_max) : evidence_;
  return step;
}

void ConstantShare::cut() noexcept {
  recent_ = Tally();
  if (phase_ != Phase::watching) end_proof(Step::push_back);
}

}  // namespace amend
