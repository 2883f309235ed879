#include "option_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>

namespace amend::sim {
namespace {

[[noreturn]] void refuse(std::string_view text, std::string_view expected) {
  throw std::invalid_argument(fmt::format("'{}' is not {}", text, expected));
}

// Reads a decimal number at the start of `text` and removes it.
double take_number(std::string_view& text, std::string_view expected) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc() || !(number >= 0)) refuse(text, expected);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

// Reads `digits` as a whole number from `min` to `max`. Messages quote `text`.
std::uint32_t whole_number(std::string_view digits, std::uint32_t min, std::uint32_t max, std::string_view text,
                           std::string_view expected) {
  std::uint32_t number = 0;
  const char* const last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), last, number);
  if (error != std::errc() || end != last || number < min || number > max) refuse(text, expected);
  return number;
}

// Removes the text before `mark`, and the mark, and returns that text. nullopt when there is no such mark.
std::optional<std::string_view> take_until(std::string_view& text, std::string_view mark) {
  const auto at = text.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const auto before = text.substr(0, at);
  text.remove_prefix(at + mark.size());
  return before;
}

constexpr std::string_view duration_form = "a duration such as 20ms, 2s, 10m or 1h";

}  // namespace

std::chrono::nanoseconds parse_duration(std::string_view text) {
  std::string_view rest = text;
  const double number = take_number(rest, duration_form);
  double unit = 0;
  if (rest == "us") unit = 1e3;
  if (rest == "ms") unit = 1e6;
  if (rest == "s") unit = 1e9;
  if (rest == "m") unit = 60e9;
  if (rest == "h") unit = 3600e9;
  if (rest.empty() && number == 0) unit = 1;
  const double nanoseconds = number * unit;
  if (unit == 0 || nanoseconds > 1e18) refuse(text, duration_form);
  return std::chrono::nanoseconds(static_cast<std::int64_t>(nanoseconds));
}

double parse_share(std::string_view text) {
  constexpr std::string_view form = "a share from 0 to 1, such as 0.005 or 0.5%";
  std::string_view rest = text;
  double share = take_number(rest, form);
  if (rest == "%") {
    share /= 100;
    rest = {};
  }
  if (!rest.empty() || share > 1) refuse(text, form);
  return share;
}

std::pair<std::uint16_t, double> parse_status_share(std::string_view text) {
  constexpr std::string_view form = "STATUS:SHARE such as 503:1%, with a status from 400 to 599";
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) refuse(text, form);
  std::uint16_t status = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + colon, status);
  if (error != std::errc() || end != text.data() + colon || status < 400 || status > 599) refuse(text, form);
  return {status, parse_share(text.substr(colon + 1))};
}

RequestQuota parse_quota(std::string_view text) {
  constexpr std::string_view form = "a rate such as 100/s, 600/m or 50/10s";
  std::string_view rest = text;
  const double limit = take_number(rest, form);
  if (!rest.starts_with('/') || limit < 1 || limit > std::numeric_limits<std::uint32_t>::max()) refuse(text, form);
  rest.remove_prefix(1);
  const bool bare_unit = rest == "s" || rest == "m" || rest == "h";
  const auto window = parse_duration(bare_unit ? "1" + std::string(rest) : std::string(rest));
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(window);
  if (seconds.count() < 1) refuse(text, form);
  return RequestQuota(static_cast<std::uint32_t>(limit), seconds);
}

HiddenRate parse_hidden_rate(std::string_view text) {
  constexpr std::string_view form = "a limit such as 100/s or 100/s,20 or 50/s@30s, at most 1000000/s";
  std::string_view rest = text;
  const auto until_at = take_until(rest, "@");
  const auto from = parse_duration(until_at ? rest : "0");
  std::string_view burst = until_at.value_or(text);
  const auto until_comma = take_until(burst, ",");
  const auto rate_text = until_comma.value_or(burst);
  if (!rate_text.ends_with("/s")) refuse(text, form);
  const auto rate = whole_number(rate_text.substr(0, rate_text.size() - 2), 1, HiddenRate::rate_max, text, form);
  const auto size =
      until_comma ? whole_number(burst, 1, HiddenRate::burst_max, text, form) : std::max<std::uint32_t>(1, rate / 10);
  return HiddenRate(rate, size, from);
}

Capacity parse_capacity(std::string_view text) {
  constexpr std::string_view form = "a capacity such as 20:50ms or 20:50ms:100, with at most 100000 requests at once";
  constexpr std::uint32_t waiting_max = 1'000'000;
  std::string_view rest = text;
  const auto places_text = take_until(rest, ":");
  if (!places_text) refuse(text, form);
  const auto places = whole_number(*places_text, 1, Capacity::places_max, text, form);
  const auto work = take_until(rest, ":");
  if (!work) return Capacity(places, parse_duration(rest), std::nullopt);
  return Capacity(places, parse_duration(*work), whole_number(rest, 0, waiting_max, text, form));
}

RateFields parse_rate_fields(std::string_view text) {
  if (text == "ietf") return RateFields::ietf;
  if (text == "legacy") return RateFields::legacy;
  if (text == "x") return RateFields::x;
  if (text == "none") return RateFields::none;
  refuse(text, "ietf, legacy, x or none");
}

std::pair<std::chrono::milliseconds, std::chrono::milliseconds> parse_outage(std::string_view text) {
  constexpr std::string_view form = "an interval FROM..TO such as 5s..10s, with FROM before TO";
  const auto dots = text.find("..");
  if (dots == std::string_view::npos) refuse(text, form);
  const auto from = std::chrono::duration_cast<std::chrono::milliseconds>(parse_duration(text.substr(0, dots)));
  const auto to = std::chrono::duration_cast<std::chrono::milliseconds>(parse_duration(text.substr(dots + 2)));
  if (to <= from) refuse(text, form);
  return {from, to};
}

Stall parse_stall(std::string_view text) {
  constexpr std::string_view form = "a stall TIME/PERIOD such as 1s/10s, with TIME shorter than PERIOD";
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) refuse(text, form);
  const auto length = parse_duration(text.substr(0, slash));
  const auto period = parse_duration(text.substr(slash + 1));
  if (length.count() <= 0 || period <= length) refuse(text, form);
  return Stall(length, period);
}

RetryAfter parse_retry_after(std::string_view text) {
  RetryAfter retry;
  if (text.starts_with("raw:")) {
    retry.form = RetryAfter::Form::raw;
    retry.text = text.substr(4);
    return retry;
  }
  if (text == "none") {
    retry.form = RetryAfter::Form::none;
    return retry;
  }
  retry.form = text.starts_with("date") ? RetryAfter::Form::date : RetryAfter::Form::seconds;
  if (text == "date") return retry;
  const auto wait = parse_duration(text.starts_with("date:") ? text.substr(5) : text);
  retry.wait = std::chrono::ceil<std::chrono::seconds>(wait);
  return retry;
}

}  // namespace amend::sim
