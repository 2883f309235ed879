#include "cli/text/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "amend/error.hpp"
#include "cli/text/report_line.hpp"

namespace amend::cli {
namespace {

constexpr std::size_t bar_cells = 20;
constexpr double time_constant_s = 3.0;
constexpr double longest_eta_s = 99.0 * 3600;  // a longer estimate is meaningless

std::string rate(double rows_per_second) {
  if (rows_per_second >= 100) return show_count(static_cast<std::uint64_t>(std::llround(rows_per_second))) + "/s";
  return fmt::format("{:.1f}/s", rows_per_second);
}

std::string pace_of(const Snapshot& now) { return now.paused_by_person ? "paused" : rate(now.rows_per_second); }

std::string percent(double share) { return fmt::format("{}%", static_cast<int>(share * 100)); }

std::string time_left(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::ceil(seconds));
  if (whole < 60) return fmt::format("{} s", whole);  // a tenth of a second would only flicker
  return show_duration(std::chrono::seconds(whole));
}

std::string in_whole_units(std::chrono::seconds time) {
  const auto seconds = time.count();
  if (seconds >= 3600 && seconds % 3600 == 0) return fmt::format("{} h", seconds / 3600);
  return seconds < 60 ? fmt::format("{} s", seconds) : show_duration(time);
}

std::string bar(double share) {
  const auto full = static_cast<std::size_t>(share * static_cast<double>(bar_cells));
  return "[" + std::string(full, '#') + std::string(bar_cells - full, '.') + "]";
}

std::string pause(const Snapshot& now) {
  const auto whole = [](std::chrono::milliseconds time) {
    return std::chrono::ceil<std::chrono::seconds>(time).count();
  };
  if (now.next_probe.count() > 0) return fmt::format("outage, next try in {} s", whole(now.next_probe));
  return fmt::format("paused for {} s (Retry-After from the API)", whole(now.paused));
}

std::string why_it_waits(const Snapshot& now) {
  if (now.trouble.empty()) return pause(now);
  return show_trouble(now.trouble, std::chrono::floor<std::chrono::seconds>(now.trouble_lasted),
                      std::chrono::ceil<std::chrono::seconds>(now.trouble_limit));
}

std::string held(const Snapshot& now) {
  return plural(now.customers_held, "customer") + " waiting for an earlier request";
}

bool waits(const Snapshot& now) { return !now.trouble.empty() || now.paused.count() > 0 || now.next_probe.count() > 0; }

// An estimate of all rows from the rows read so far; 0: unknown.
double rows_expected(const Snapshot& now) {
  double rows = 0;
  if (now.bytes_total > 0 && now.bytes_read > 0 && now.rows_read > 0) {
    const double share_read = std::min(1.0, static_cast<double>(now.bytes_read) / static_cast<double>(now.bytes_total));
    rows = static_cast<double>(now.rows_read) / share_read;
  }
  const auto limit = static_cast<double>(now.rows_limit);
  if (limit > 0 && rows > 0) rows = std::min(rows, limit);
  return rows;
}

}  // namespace

double share_done(const Snapshot& now) {
  const double rows = rows_expected(now);
  if (rows <= 0) return -1;
  return std::clamp(static_cast<double>(now.rows_done) / rows, 0.0, 1.0);
}

std::string show_trouble(std::string_view trouble, std::chrono::seconds lasted, std::chrono::seconds limit) {
  return fmt::format("cannot connect to {}; amend has retried for {} and stops after {}", printable(trouble),
                     in_whole_units(lasted), in_whole_units(limit));
}

double seconds_left(const Snapshot& now) {
  const double rows = rows_expected(now);
  if (rows <= 0 || now.paused_by_person || now.rows_per_second < 0.01) return -1;
  const double left = std::max(0.0, rows - static_cast<double>(now.rows_done)) / now.rows_per_second;
  return left <= longest_eta_s ? left : -1;
}

std::string render_bar(const Snapshot& now, std::size_t width) {
  const double share = share_done(now);
  const double left = seconds_left(now);
  std::vector<std::string> parts;
  if (share >= 0) parts.push_back(percent(share));
  parts.push_back(show_count(now.rows_done) + " rows");
  if (waits(now)) parts.push_back(why_it_waits(now));
  parts.push_back(pace_of(now));
  if (now.failures > 0) parts.push_back(show_count(now.failures) + " failed");
  if (now.customers_held > 0) parts.push_back(held(now));
  if (left >= 0) parts.push_back("ETA " + time_left(left));
  if (now.retries > 0) parts.push_back(show_count(now.retries) + " retries");
  parts.push_back(show_count(now.in_flight) + " in flight");

  const std::size_t room = width > 0 ? width - 1 : 0;  // the last column would wrap on some terminals
  std::string line;
  for (const std::string& part : parts) {
    const std::string next = line.empty() ? part : line + "  " + part;
    if (next.size() > room) break;
    line = next;
  }
  if (share >= 0 && line.size() + bar_cells + 3 <= room) line = bar(share) + " " + line;
  return line;
}

std::string render_plain(const Snapshot& now) {
  const double share = share_done(now);
  const double left = seconds_left(now);
  std::string line = show_count(now.rows_done) + " rows done";
  if (share >= 0) line += " (" + percent(share) + ")";
  line += fmt::format(", {}, {} retries, {} failed, {} in flight", pace_of(now), show_count(now.retries),
                      show_count(now.failures), show_count(now.in_flight));
  if (waits(now)) line += ", " + why_it_waits(now);
  if (now.customers_held > 0) line += ", " + held(now);
  if (left >= 0) line += ", about " + time_left(left) + " left";
  return line;
}

double RateMeter::update(std::uint64_t rows, std::chrono::milliseconds at) {
  if (at_.count() < 0) {
    at_ = at;
    rows_ = rows;
    return 0;
  }
  const double seconds = static_cast<double>((at - at_).count()) / 1'000.0;
  if (seconds <= 0) return std::max(rate_, 0.0);
  const double now = static_cast<double>(rows - rows_) / seconds;
  rate_ = rate_ < 0 ? now : rate_ + (now - rate_) * (1 - std::exp(-seconds / time_constant_s));
  at_ = at;
  rows_ = rows;
  return rate_;
}

}  // namespace amend::cli
