// Parses texts of the command line: durations, rates, counts, `FIELD=VALUE`. Pure. Each function throws ConfigError,
// which names the option and the valid forms. Layer 5.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "amend/benchmark/schedule.hpp"
#include "amend/config.hpp"
#include "row/shown_number.hpp"

namespace amend::cli {

/// An address to listen at.
class ListenAddress {
 public:
  ListenAddress(std::string host_, std::uint16_t port_) : host(std::move(host_)), port(port_) {}
  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;

  std::string host;    ///< a numeric address, IPv6 without brackets
  std::uint16_t port;  ///< 0: any free one
};

/// "500ms", "30s", "5m", "8h": a whole number and its unit. A number without a unit is ambiguous, so it is refused.
std::chrono::milliseconds parse_duration(std::string_view option, std::string_view text);

/// "06:00", "23:59" → minutes of the day; nullopt: without a colon it is not a time of day.
std::optional<std::uint16_t> parse_time_of_day(std::string_view option, std::string_view text);

/// "25/s", "90/m", "0.5/s", "25" (per second) or "unlimited" → the time between two requests; 0 for unlimited. From one
/// per minute to 1,000,000 per second.
std::chrono::nanoseconds parse_rate(std::string_view option, std::string_view text);

/// A duration, or "0" for no warm-up.
std::chrono::milliseconds parse_warm_up(std::string_view option, std::string_view text);

/// "50..1000:50/s", or with /m per minute: first rate, last rate, and the step between two rates.
Ramp parse_ramp(std::string_view option, std::string_view text);

/// The value of --rate: a rate as for `parse_rate`, "auto", or "auto:100/s" for an adaptive rate with a maximum.
RateSetting parse_rate_setting(std::string_view option, std::string_view text);

/// "127.0.0.1:9464", "[::1]:9464", "localhost:0": a port that only this machine can reach (127.0.0.0/8, ::1).
ListenAddress parse_listen_address(std::string_view option, std::string_view text);

/// The same; nullopt when it is not such an address.
std::optional<ListenAddress> read_listen_address(std::string_view text);

/// A whole number from `least` to `most`, digits only.
std::uint64_t parse_count(std::string_view option, std::string_view text, std::uint64_t least, std::uint64_t most);

/// "5%", "0.1%" → 50,000, 1,000 of a million; 0.0001% to 100%, at most four decimals.
std::uint32_t parse_percent_ppm(std::string_view option, std::string_view text);

/// One character, or its name: tab, comma, semicolon, pipe.
char parse_delimiter(std::string_view option, std::string_view text);

/// "FIELD=COLUMN", split at the first '='; neither side may be empty. `form` is the valid form in the message.
std::pair<std::string, std::string> parse_assignment(std::string_view option, std::string_view text,
                                                     std::string_view form);

/// The reverse, for messages: "25/s", "90/m", "unlimited".
std::string show_rate(std::chrono::nanoseconds interval);
/// The same with the mode: "25/s", "auto", "auto:100/s".
std::string show_rate(const RateSetting& rate);

/// "127.0.0.1:9464", "[::1]:9464".
std::string show_address(const ListenAddress& address);

}  // namespace amend::cli
