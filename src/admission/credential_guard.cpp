#include "admission/credential_guard.hpp"

#include <algorithm>

#include "wonder/response_classifier.hpp"

namespace amend {
namespace {

using wonder::ResponseClass;

constexpr std::uint16_t forbidden = 403;

bool is_gateway(const AttemptEnd& end) noexcept {
  return end.kind == AttemptEnd::Kind::answered && end.response_class == ResponseClass::gateway;
}

// It reads first: the common case must not write to a cache line that all workers share.
void set(std::atomic<bool>& flag, bool value) noexcept {
  if (flag.load(std::memory_order_relaxed) != value) flag.store(value, std::memory_order_relaxed);
}

}  // namespace

bool is_gateway_refusal(const AttemptEnd& end) noexcept {
  return is_gateway(end) && (end.http == 401 || end.http == forbidden || end.http == 407);
}

CredentialGuard::Seen CredentialGuard::seen_in(const AttemptEnd& end) noexcept {
  if (is_gateway_refusal(end)) return Seen::refused_by_gateway;
  if (end.response_class == ResponseClass::credentials) return Seen::refused_by_api;
  if (end.retry_after || wonder::class_of(end.http) == ResponseClass::transient) return Seen::nothing;
  if (!is_gateway(end)) return Seen::accepted;
  return end.http >= server_error_min ? Seen::nothing : Seen::page;
}

CredentialGuard::Stop CredentialGuard::look(const AttemptEnd& end, const Run& run) noexcept {
  if (end.kind != AttemptEnd::Kind::answered) return Stop::none;
  if (!is_gateway(end)) set(api_responded_, true);
  const Seen seen = seen_in(end);
  if (seen == Seen::accepted) accepted();
  if (seen == Seen::nothing || seen == Seen::accepted) return Stop::none;
  const std::lock_guard lock(mutex_);
  const bool is_refusal = seen != Seen::page;
  if (is_refusal) begin_refusal();
  if (end.retry_after && is_to_be_obeyed(run)) return Stop::none;
  if (is_gateway(end) && !api_has_responded())
    if (const Stop stop = look_at_page(run); stop != Stop::none) return is_refusal ? Stop::gateway_refusal : stop;
  return is_refusal ? look_at_refusal(end, run) : Stop::none;
}

void CredentialGuard::accepted() noexcept {
  set(api_responded_, true);
  set(accepted_, true);
  set(in_streak_, false);
}

CredentialGuard::Stop CredentialGuard::look_at_page(const Run& run) noexcept {
  const auto enough = std::clamp<std::uint64_t>(run.rows_left, 1, pages_max);
  return ++pages_ >= enough ? Stop::not_the_api : Stop::none;
}

void CredentialGuard::begin_refusal() noexcept {
  if (in_streak_.exchange(true, std::memory_order_relaxed)) return;
  ++streak_;
  in_streak_count_ = 0;
  first_wait_over_ = time_point::max();
}

// Whether the request was sent before the wait that the responses asked for was over.
bool CredentialGuard::is_to_be_obeyed(const Run& run) noexcept {
  if (run.sent >= first_wait_over_) return false;
  first_wait_over_ = std::min(first_wait_over_, run.held_until);
  return true;
}

CredentialGuard::Stop CredentialGuard::look_at_refusal(const AttemptEnd& end, const Run& run) noexcept {
  ++in_streak_count_;
  if (run.row != no_row) return look_at_rows(end, run);
  if (in_streak_count_ < enough_in_a_row()) return Stop::none;
  return is_gateway(end) ? Stop::gateway_refusal : Stop::credentials;
}

CredentialGuard::Stop CredentialGuard::look_at_rows(const AttemptEnd& end, const Run& run) noexcept {
  const bool by_gateway = is_gateway(end);
  Refused& refused = place_of(run.row);
  refused.row = run.row;
  refused.request = std::max<std::uint64_t>(run.requests, 1);
  refused.streak = streak_;
  refused.counts_as_share = !by_gateway || end.http != forbidden;
  const auto in_streak = std::ranges::count(refused_, streak_, &Refused::streak);
  if (in_streak >= enough_in_a_row()) return by_gateway ? Stop::gateway_refusal : Stop::credentials;
  const auto of_late = std::ranges::count_if(refused_, [&](const Refused& one) {
    return one.counts_as_share && one.request != 0 && one.request + share_requests > run.requests;
  });
  // Refusals in a row are counted above.
  if (of_late < share_rows || of_late <= in_streak) return Stop::none;
  return by_gateway ? Stop::gateway_share : Stop::credentials_share;
}

std::uint32_t CredentialGuard::enough_in_a_row() const noexcept {
  return accepted_.load(std::memory_order_relaxed) ? in_a_row : at_start;
}

// A row that was refused before keeps its place. Another row takes the place of the oldest one.
CredentialGuard::Refused& CredentialGuard::place_of(std::uint64_t row) noexcept {
  const auto known =
      std::ranges::find_if(refused_, [&](const Refused& one) { return one.request != 0 && one.row == row; });
  return known != refused_.end() ? *known : *std::ranges::min_element(refused_, {}, &Refused::request);
}

}  // namespace amend
