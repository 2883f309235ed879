#include "cli/option/units.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "amend/error.hpp"

namespace amend::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr double rate_most = 1e6;          // per second
constexpr double rate_least = 1.0 / 60.0;  // one per minute

[[noreturn]] void refuse(std::string_view option, std::string_view wanted, std::string_view got) {
  throw ConfigError(fmt::format("{} {}, got \"{}\"", option, wanted, printable(got, 60)));
}

class Digits {
 public:
  explicit Digits(std::string_view text) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    ok = error == std::errc{};
    rest = text.substr(static_cast<std::size_t>(end - text.data()));
  }

  std::uint64_t value = 0;
  std::string_view rest;
  bool ok = false;
};

std::int64_t unit_in_ms(std::string_view unit) {
  if (unit == "ms") return 1;
  if (unit == "s") return 1'000;
  if (unit == "m") return 60'000;
  if (unit == "h") return 3'600'000;
  return 0;
}

bool is_loopback(const std::string& host) {
  in_addr four{};
  if (::inet_pton(AF_INET, host.c_str(), &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
  in6_addr six{};
  return ::inet_pton(AF_INET6, host.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six) != 0;
}

// "[::1]" → "::1", "localhost" → "127.0.0.1". "" for an IPv6 address without brackets, because the start of its port is
// ambiguous.
std::string numeric_host(std::string_view text) {
  if (text == "localhost") return "127.0.0.1";
  const bool brackets = text.starts_with('[') && text.ends_with(']');
  if (brackets) return std::string(text.substr(1, text.size() - 2));
  return text.find(':') == std::string_view::npos ? std::string(text) : std::string();
}

}  // namespace

milliseconds parse_duration(std::string_view option, std::string_view text) {
  constexpr std::string_view wanted = "takes a whole number and a unit (500ms, 30s, 5m, 8h)";
  const Digits digits(text);
  if (!digits.ok) refuse(option, wanted, text);
  const std::int64_t unit = unit_in_ms(digits.rest);
  if (unit == 0) refuse(option, wanted, text);
  constexpr std::uint64_t ms_most = 365ull * 24 * 3'600'000;
  if (digits.value > ms_most / static_cast<std::uint64_t>(unit)) refuse(option, "must be less than a year", text);
  return milliseconds(static_cast<std::int64_t>(digits.value) * unit);
}

std::optional<std::uint16_t> parse_time_of_day(std::string_view option, std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const Digits hour(text.substr(0, colon));
  const Digits minute(text.substr(colon + 1));
  const bool well = hour.ok && hour.rest.empty() && minute.ok && minute.rest.empty() && text.size() == colon + 3 &&
                    hour.value < 24 && minute.value < 60;
  if (!well) refuse(option, "takes a time of day from 00:00 to 23:59, or a duration (8h)", text);
  return static_cast<std::uint16_t>(hour.value * 60 + minute.value);
}

namespace {

// Reads "25/s", "90/m", "25" as a rate per second.
double parse_per_second(std::string_view option, std::string_view text, std::string_view wanted) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc{} || !std::isfinite(number)) refuse(option, wanted, text);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (!unit.empty() && unit != "/s" && unit != "/m") refuse(option, wanted, text);
  const double a_second = unit == "/m" ? number / 60.0 : number;
  if (!(a_second >= rate_least && a_second <= rate_most)) refuse(option, wanted, text);
  return a_second;
}

}  // namespace

nanoseconds parse_rate(std::string_view option, std::string_view text) {
  if (text == "unlimited") return nanoseconds(0);
  constexpr std::string_view wanted = "takes N/s, N/m, N (per second) or unlimited, from 1/m to 1000000/s";
  return interval_of(parse_per_second(option, text, wanted));
}

milliseconds parse_warm_up(std::string_view option, std::string_view text) {
  return text == "0" ? milliseconds(0) : parse_duration(option, text);
}

Ramp parse_ramp(std::string_view option, std::string_view text) {
  constexpr std::string_view wanted = "takes FROM..TO:BY/s, such as 50..1000:50/s";
  const auto dots = text.find("..");
  const auto colon = text.find(':');
  if (dots == std::string_view::npos || colon == std::string_view::npos || colon < dots) refuse(option, wanted, text);
  const std::string unit(text.ends_with("/m") ? "/m" : "/s");
  const auto rate = [&](std::string_view number) {
    return parse_per_second(option, std::string(number) + unit, wanted);
  };
  std::string_view by = text.substr(colon + 1);
  if (by.ends_with(unit)) by.remove_suffix(unit.size());
  return Ramp(rate(text.substr(0, dots)), rate(text.substr(dots + 2, colon - dots - 2)), rate(by));
}

RateSetting parse_rate_setting(std::string_view option, std::string_view text) {
  RateSetting rate;
  rate.interval = nanoseconds(0);
  rate.mode = RateMode::adaptive;
  if (text == "auto") return rate;
  constexpr std::string_view bounded = "auto:";
  if (text.starts_with(bounded)) {
    text.remove_prefix(bounded.size());
  } else {
    rate.mode = RateMode::fixed;
  }
  rate.interval = parse_rate(option, text);
  return rate;
}

std::optional<ListenAddress> read_listen_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const Digits port(text.substr(colon + 1));
  const bool well = port.ok && port.rest.empty() && port.value <= 65'535;
  std::string host = numeric_host(text.substr(0, colon));
  if (!well || !is_loopback(host)) return std::nullopt;
  return ListenAddress(std::move(host), static_cast<std::uint16_t>(port.value));
}

ListenAddress parse_listen_address(std::string_view option, std::string_view text) {
  constexpr std::string_view wanted =
      "takes ADDRESS:PORT on this machine only (127.0.0.1:9464, [::1]:9464, port 0 to 65535)";
  auto address = read_listen_address(text);
  if (!address) refuse(option, wanted, text);
  return *std::move(address);
}

std::uint64_t parse_count(std::string_view option, std::string_view text, std::uint64_t least, std::uint64_t most) {
  const Digits digits(text);
  const bool in_bounds = digits.ok && digits.rest.empty() && digits.value >= least && digits.value <= most;
  if (in_bounds) return digits.value;
  if (most == std::numeric_limits<std::uint64_t>::max()) {
    refuse(option, fmt::format("must be a whole number, {} or more", least), text);
  }
  throw ConfigError(fmt::format("{} must be between {} and {}, got {}", option, least, most, printable(text, 60)));
}

std::uint32_t parse_percent_ppm(std::string_view option, std::string_view text) {
  constexpr std::size_t decimals_max = 4;
  constexpr std::uint64_t million = 1'000'000;
  const std::string_view number = text.ends_with('%') ? text.substr(0, text.size() - 1) : std::string_view();
  const auto point = number.find('.');
  std::string digits(number.substr(0, point));
  std::string_view decimals = point == std::string_view::npos ? std::string_view() : number.substr(point + 1);
  const bool complete =
      !digits.empty() && decimals.size() <= decimals_max && (point == number.npos || !decimals.empty());
  digits.append(decimals).append(decimals_max - std::min(decimals_max, decimals.size()), '0');
  const Digits ppm(digits);
  if (!complete || !ppm.ok || !ppm.rest.empty() || ppm.value == 0 || ppm.value > million)
    refuse(option, "takes a percentage from 0.0001% to 100%, such as 5%", text);
  return static_cast<std::uint32_t>(ppm.value);
}

char parse_delimiter(std::string_view option, std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 5> names{
      {{"tab", '\t'}, {"\\t", '\t'}, {"comma", ','}, {"semicolon", ';'}, {"pipe", '|'}}};
  for (const auto& [name, character] : names) {
    if (text == name) return character;
  }
  if (text.size() != 1) refuse(option, "takes one character, or the word tab, comma, semicolon or pipe", text);
  return text.front();
}

std::pair<std::string, std::string> parse_assignment(std::string_view option, std::string_view text,
                                                     std::string_view form) {
  const auto equals = text.find('=');
  if (equals == 0 || equals == std::string_view::npos || equals + 1 == text.size()) {
    refuse(option, fmt::format("takes {}", form), text);
  }
  return {std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

std::string show_rate(const RateSetting& rate) {
  if (rate.mode == RateMode::fixed) return show_rate(rate.interval);
  return rate.interval.count() == 0 ? "auto" : "auto:" + show_rate(rate.interval);
}

std::string show_rate(nanoseconds interval) {
  if (interval.count() <= 0) return "unlimited";
  const double a_second = 1e9 / static_cast<double>(interval.count());
  if (a_second >= 1) return fmt::format("{:.6g}/s", a_second);
  return fmt::format("{:.4g}/m", a_second * 60);
}

std::string show_address(const ListenAddress& address) {
  const bool six = address.host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", six ? "[" : "", address.host, six ? "]" : "", address.port);
}

}  // namespace amend::cli
