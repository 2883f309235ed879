#include "admission/rate_hints.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "structured_fields.hpp"
#include "transport/field_characters.hpp"
#include "transport/http_date.hpp"

namespace amend {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using Type = StructuredValue::Type;
using http1::next_value;

constexpr std::int64_t epoch_reset_min = 1'000'000'001;  // as a delay it would be 31 years
constexpr std::int64_t epoch_reset_milliseconds_min = 1'000'000'000'000;

/// It cuts the seconds before it converts them to milliseconds, so that no overflow occurs.
milliseconds cut(std::int64_t whole_seconds, seconds ceiling) noexcept {
  return seconds(std::min(whole_seconds, std::int64_t{ceiling.count()}));
}

/// `whole_seconds` ÷ `requests`, rounded up. It divides in steps of 1,000, because 10^15 s do not fit into a number of
/// ns.
nanoseconds share(std::int64_t whole_seconds, std::uint64_t requests) noexcept {
  if (requests == 0) return server_interval_max;
  auto left = static_cast<std::uint64_t>(whole_seconds);
  std::uint64_t interval = left / requests;
  if (interval >= static_cast<std::uint64_t>(server_interval_max.count())) return server_interval_max;
  for (int thousandth = 0; thousandth < 3; ++thousandth) {
    left = left % requests * 1'000;
    interval = interval * 1'000 + left / requests;
  }
  if (left % requests != 0) ++interval;
  return nanoseconds(static_cast<std::int64_t>(interval));
}

/// `requests` may go in each `window` seconds.
void limit_to(RateHints& hints, std::uint64_t requests, std::int64_t window) noexcept {
  const nanoseconds interval = share(window, requests);
  if (hints.interval > interval) return;
  const milliseconds before = hints.interval == interval ? hints.valid_for : milliseconds(0);
  hints.interval = interval;
  hints.valid_for = std::max(before, cut(window, rate_hints_valid_max));
}

void wait_for(RateHints& hints, std::int64_t whole_seconds) noexcept {
  hints.wait = std::max(hints.wait, cut(whole_seconds, server_wait_max));
}

/// `remaining` requests may go until the window ends in `reset` seconds.
void spread(RateHints& hints, std::int64_t remaining, std::int64_t reset, std::uint64_t in_flight) noexcept {
  if (reset == 0) return;
  const auto left = static_cast<std::uint64_t>(remaining);
  if (left <= in_flight) return wait_for(hints, reset);
  limit_to(hints, left - in_flight, reset);
}

bool asks(const RateHints& hints) noexcept { return hints.interval.has_value() || hints.wait > milliseconds(0); }

/// Passes each member of a List to `accept`. Returns false when the field is malformed or a member was not accepted:
/// then results of earlier members are void. Returns true also when there is no such field.
template <class Accept>
bool read_list(std::string_view head, std::string_view lower_case_name, Accept accept) noexcept {
  std::size_t lines = 0;
  bool has_empty_line = false;
  StructuredMember member;
  while (const auto line = next_value(head, lower_case_name)) {
    ++lines;
    has_empty_line = has_empty_line || line->empty();
    StructuredListReader reader(*line);
    auto step = reader.next(member);
    for (; step == StructuredListReader::Step::member; step = reader.next(member))
      if (!accept(member)) return false;
    if (step == StructuredListReader::Step::malformed) return false;
  }
  // Joined with another line, an empty one would become a comma without a member on one side.
  return !has_empty_line || lines == 1;
}

/// Reads a parameter that is a number of at least `min`. Returns false when it is present and is not such a number.
bool read_number(const StructuredMember& member, std::string_view key, std::int64_t min,
                 std::optional<std::int64_t>& out) noexcept {
  const auto value = member.parameter(key);
  if (!value) return true;
  if (value->type != Type::integer || value->number < min) return false;
  out = value->number;
  return true;
}

/// One member of RateLimit-Policy.
class Policy {
 public:
  std::string_view name;  // escapes unchanged: there is one way to write each name
  std::optional<std::int64_t> quota;
  std::optional<std::int64_t> window;
  bool counts_requests = true;
};

/// All of RateLimit-Policy.
class Policies {
 public:
  explicit Policies(std::string_view head) noexcept {
    const auto accept = [this](const StructuredMember& member) { return add(member); };
    if (!read_list(head, "ratelimit-policy", accept)) size_ = 0;
  }

  void hints(RateHints& hints) const noexcept {
    for (const Policy& policy : std::span(policies_).first(size_))
      if (policy.counts_requests && policy.window)
        limit_to(hints, static_cast<std::uint64_t>(*policy.quota), *policy.window);
  }

  /// The first policy of that name; nullptr if there is none.
  const Policy* find(std::string_view name) const noexcept {
    const auto all = std::span(policies_).first(size_);
    const auto found = std::ranges::find(all, name, &Policy::name);
    return found == all.end() ? nullptr : &*found;
  }

 private:
  bool add(const StructuredMember& member) noexcept {
    Policy policy;
    policy.name = member.value.text;
    if (member.value.type != Type::string) return false;
    if (!read_number(member, "q", 0, policy.quota) || !policy.quota) return false;
    if (!read_number(member, "w", 1, policy.window)) return false;
    if (const auto unit = member.parameter("qu")) {
      if (unit->type != Type::string) return false;
      policy.counts_requests = unit->text == "requests";
    }
    if (size_ < policies_.size()) policies_[size_++] = policy;
    return true;
  }

  std::array<Policy, server_policies_max> policies_;
  std::size_t size_ = 0;
};

/// One member of RateLimit. Its policy may be unknown.
void apply_limit(RateHints& hints, const Policy* policy, std::int64_t remaining, std::optional<std::int64_t> reset,
                 std::uint64_t in_flight) noexcept {
  if (policy && !policy->counts_requests) return;
  if (reset) return spread(hints, remaining, *reset, in_flight);
  if (remaining == 0 && policy && policy->window) wait_for(hints, *policy->window);
}

RateHints read_pair(std::string_view head, std::uint64_t in_flight) noexcept {
  const Policies policies(head);
  RateHints from_policies;
  policies.hints(from_policies);
  RateHints hints = from_policies;
  std::size_t members = 0;
  const auto accept = [&](const StructuredMember& member) {
    std::optional<std::int64_t> remaining;
    std::optional<std::int64_t> reset;
    if (member.value.type != Type::string) return false;
    if (!read_number(member, "r", 0, remaining) || !remaining || !read_number(member, "t", 0, reset)) return false;
    if (++members <= server_policies_max)
      apply_limit(hints, policies.find(member.value.text), *remaining, reset, in_flight);
    return true;
  };
  return read_list(head, "ratelimit", accept) ? hints : from_policies;
}

/// The three older fields, under one of their names, in lower case.
class Triple {
 public:
  std::string_view limit;
  std::string_view remaining;
  std::string_view reset;
};

constexpr std::array<Triple, 3> triples = {
    Triple{"ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"},
    Triple{"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"},
    Triple{"x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset"}};

/// The quotas of a Limit that have a window.
RateHints read_limit(std::string_view head, std::string_view name) noexcept {
  RateHints hints;
  std::size_t members = 0;
  const auto accept = [&](const StructuredMember& member) {
    std::optional<std::int64_t> window;
    if (member.value.type != Type::integer || member.value.number < 0) return false;
    if (!read_number(member, "w", 1, window)) return false;
    if (window && ++members <= server_policies_max)
      limit_to(hints, static_cast<std::uint64_t>(member.value.number), *window);
    return true;
  };
  return read_list(head, name, accept) ? hints : RateHints();
}

/// A field that is one number.
std::optional<std::int64_t> read_single(std::string_view head, std::string_view name) noexcept {
  std::optional<std::int64_t> number;
  const auto accept = [&](const StructuredMember& member) {
    if (number || member.value.type != Type::integer || member.value.number < 0) return false;
    number = member.value.number;
    return true;
  };
  return read_list(head, name, accept) ? number : std::nullopt;
}

/// The seconds from the response to a Reset.
std::optional<std::int64_t> seconds_to(std::int64_t reset, std::string_view date) noexcept {
  if (reset < epoch_reset_min) return reset;
  const auto now = parse_http_date(date);
  if (!now) return std::nullopt;
  const std::int64_t at = reset < epoch_reset_milliseconds_min ? reset : (reset + 999) / 1'000;
  return std::max(at - std::int64_t{now->time_since_epoch().count()}, std::int64_t{0});
}

RateHints read_triple(std::string_view head, std::string_view date, const Triple& names,
                      std::uint64_t in_flight) noexcept {
  RateHints hints = read_limit(head, names.limit);
  const auto remaining = read_single(head, names.remaining);
  const auto reset = read_single(head, names.reset);
  if (!remaining || !reset) return hints;
  if (const auto left = seconds_to(*reset, date)) spread(hints, *remaining, *left, in_flight);
  return hints;
}

}  // namespace

RateHints read_rate_hints(std::string_view head, std::string_view date, std::uint64_t in_flight) noexcept {
  RateHints hints = read_pair(head, in_flight);
  for (const Triple& names : triples) {
    if (asks(hints)) break;
    hints = read_triple(head, date, names, in_flight);
  }
  // A rate limit that ended with the wait would allow a burst after it.
  if (hints.interval) hints.valid_for = std::min<milliseconds>(hints.valid_for + hints.wait, rate_hints_valid_max);
  return hints;
}

}  // namespace amend
