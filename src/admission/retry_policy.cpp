#include "admission/retry_policy.hpp"

#include <algorithm>

#include "row/ascii.hpp"
#include "transport/http_date.hpp"
#include "wonder/response_classifier.hpp"

namespace amend {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using wonder::ResponseClass;

constexpr std::uint16_t request_timeout = 408;
constexpr std::uint16_t too_many_requests = 429;
constexpr std::uint16_t unavailable = 503;

bool is_2xx(std::uint16_t http) noexcept { return http >= 200 && http <= 299; }

bool is_number(std::string_view text) noexcept { return !text.empty() && std::ranges::all_of(text, is_ascii_digit); }

// RFC 9110 allows whole whole_seconds only. Some servers send fractions, with the same meaning.
std::optional<milliseconds> parse_delay_seconds(std::string_view text) noexcept {
  constexpr std::int64_t seconds_max = std::chrono::floor<std::chrono::seconds>(retry_after_ceiling).count();
  const auto point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point == std::string_view::npos ? "0" : text.substr(point + 1);
  if (!is_number(whole) || !is_number(fraction)) return std::nullopt;
  std::int64_t whole_seconds = 0;
  for (const char c : whole) whole_seconds = std::min(whole_seconds * 10 + (c - '0'), seconds_max);
  if (fraction.find_first_not_of('0') != std::string_view::npos)
    whole_seconds = std::min(whole_seconds + 1, seconds_max);
  return std::chrono::seconds(whole_seconds);
}

}  // namespace

bool is_throttled(const AttemptEnd& end) noexcept {
  return end.kind == AttemptEnd::Kind::answered && end.http == too_many_requests;
}

bool may_be_applied_late(const AttemptEnd& end) noexcept {
  if (end.kind == AttemptEnd::Kind::not_processed) return false;
  if (end.kind != AttemptEnd::Kind::answered) return true;
  if (end.http == unavailable) return !end.retry_after;
  const bool passed_on = end.response_class == ResponseClass::gateway && is_2xx(end.http);
  const bool open = end.http == request_timeout || end.http >= server_error_min || passed_on;
  return open || end.response_class == ResponseClass::unusable || end.response_class == ResponseClass::mismatch;
}

bool is_overloaded(const AttemptEnd& end) noexcept {
  return end.kind == AttemptEnd::Kind::timeout || (end.kind == AttemptEnd::Kind::answered && end.http == unavailable);
}

Verdict RetryPolicy::decide(const AttemptEnd& end, const RowState& state, time_point now,
                            std::uint64_t random) const noexcept {
  const Applied before = state.applied_maybe ? Applied::maybe : Applied::no;
  switch (end.kind) {
    case AttemptEnd::Kind::answered: return decide_answered(end, state, now, random);
    case AttemptEnd::Kind::not_processed: {
      const Status otherwise = state.applied_maybe ? Status::unknown : Status::failed;
      return retry_or(otherwise, before, end, state, now, random);
    }
    case AttemptEnd::Kind::closed:
    case AttemptEnd::Kind::protocol:
    case AttemptEnd::Kind::timeout: break;
  }
  return retry_or(Status::unknown, Applied::maybe, end, state, now, random);
}

Verdict RetryPolicy::decide_answered(const AttemptEnd& end, const RowState& state, time_point now,
                                     std::uint64_t random) const noexcept {
  const bool gateway = end.response_class == ResponseClass::gateway;
  const bool maybe = state.applied_maybe || end.http >= server_error_min || end.http == request_timeout ||
                     (gateway && is_2xx(end.http));
  const Applied refused = maybe ? Applied::maybe : Applied::no;
  if (is_throttled(end)) return retry_throttled(refused, end, state, now, random);
  const bool is_refusal =
      end.response_class == ResponseClass::refused || end.response_class == ResponseClass::credentials;
  if (is_refusal && end.retry_after) return retry_or(Status::failed, refused, end, state, now, random);
  switch (end.response_class) {
    case ResponseClass::success:
    case ResponseClass::next_request: return Verdict::done();
    case ResponseClass::unchanged: return Verdict::leave();
    case ResponseClass::card_refused:
    case ResponseClass::guard_mismatch: return Verdict::give_up(Status::failed, Applied::yes);
    case ResponseClass::refused:
    case ResponseClass::withheld:
    case ResponseClass::credentials: return Verdict::give_up(Status::failed, refused);
    case ResponseClass::transient:
    case ResponseClass::gateway: return retry_or(Status::failed, refused, end, state, now, random);
    case ResponseClass::unusable:
    case ResponseClass::mismatch: break;
  }
  return retry_or(Status::unknown, Applied::maybe, end, state, now, random);
}

Verdict RetryPolicy::retry_or(Status otherwise, Applied applied, const AttemptEnd& end, const RowState& state,
                              time_point now, std::uint64_t random) const noexcept {
  if (state.attempts >= config_.attempts_max) return Verdict::give_up(otherwise, applied);
  return retry_in_time(otherwise, applied, end, state, now, backoff(state.attempts, random));
}

Verdict RetryPolicy::retry_throttled(Applied applied, const AttemptEnd& end, const RowState& state, time_point now,
                                     std::uint64_t random) const noexcept {
  return retry_in_time(Status::failed, applied, end, state, now, backoff(state.throttled + 1, random));
}

Verdict RetryPolicy::retry_in_time(Status otherwise, Applied applied, const AttemptEnd& end, const RowState& state,
                                   time_point now, nanoseconds backoff) const noexcept {
  if (now + backoff > state.first_sent + row_deadline_) return Verdict::give_up(otherwise, applied);
  const nanoseconds asked = std::min(end.retry_after.value_or(milliseconds(0)), config_.retry_after_max);
  return Verdict::retry(applied, now + std::max(asked, backoff));
}

nanoseconds RetryPolicy::backoff(std::uint32_t attempts, std::uint64_t random) const noexcept {
  nanoseconds ceiling = config_.backoff_first;
  const nanoseconds cap = config_.backoff_max;
  for (std::uint32_t n = 1; n < attempts && ceiling < cap; ++n) ceiling *= 2;
  ceiling = std::clamp(ceiling, nanoseconds(0), std::max(cap, nanoseconds(0)));
  // The modulo's bias is below 10^-8 for any backoff of minutes.
  return nanoseconds(static_cast<std::int64_t>(random % (static_cast<std::uint64_t>(ceiling.count()) + 1)));
}

std::optional<milliseconds> parse_retry_after(std::string_view value, std::string_view date_header,
                                              std::chrono::system_clock::time_point local_time) noexcept {
  if (value.empty()) return std::nullopt;
  if (const auto delay = parse_delay_seconds(value)) return delay;
  const auto until = parse_http_date(value);
  if (!until) return std::nullopt;
  const auto now = parse_http_date(date_header).value_or(std::chrono::floor<std::chrono::seconds>(local_time));
  if (*until < now) return std::nullopt;
  return std::min(milliseconds(*until - now), retry_after_ceiling);
}

}  // namespace amend
