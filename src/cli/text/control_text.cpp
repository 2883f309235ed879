#include "cli/text/control_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/value.hpp>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "amend/error.hpp"
#include "amend/row/outcome.hpp"
#include "cli/option/units.hpp"
#include "cli/text/progress.hpp"
#include "cli/text/report_line.hpp"
#include "run/json_reading.hpp"

namespace amend::cli {
namespace {

namespace json = boost::json;

double number(const json::object& from, std::string_view name) {
  const json::value* value = from.if_contains(name);
  return value && value->is_number() ? value->to_number<double>() : 0;
}

std::uint64_t count(const json::object& from, std::string_view name) {
  return static_cast<std::uint64_t>(std::llround(std::max(0.0, number(from, name))));
}

bool truth(const json::object& from, std::string_view name) {
  const json::value* value = from.if_contains(name);
  return value && value->is_bool() && value->get_bool();
}

std::string text(const json::object& from, std::string_view name) { return printable(text_in(from, name)); }

const json::object& part(const json::object& from, std::string_view name) {
  static const json::object none;
  const json::value* value = from.if_contains(name);
  return value && value->is_object() ? value->get_object() : none;
}

std::string show_seconds(double seconds) {
  return show_duration(std::chrono::milliseconds(std::llround(std::max(0.0, seconds) * 1e3)));
}

std::string show_requests(double per_second) {
  if (per_second <= 0) return "unlimited";
  return show_rate(std::chrono::nanoseconds(std::llround(1e9 / per_second)));
}

std::string headline(const json::object& state) {
  const std::string since = show_seconds(number(state, "elapsed_s"));
  if (truth(state, "stopping"))
    return fmt::format("stopping: waiting for the responses to requests in flight; the run started {} ago\n", since);
  if (truth(state, "paused")) return fmt::format("paused; the run started {} ago\n", since);
  if (!part(state, "connection_trouble").empty())
    return fmt::format("waiting for a connection; the run started {} ago\n", since);
  if (text(state, "circuit") == "open")
    return fmt::format("waiting for the end of an outage; the run started {} ago\n", since);
  return fmt::format("running for {}\n", since);
}

std::string rows_text(const json::object& state) {
  const json::object& rows = part(state, "rows");
  std::string out = show_count(count(rows, "read")) + " read";
  for (const Status status : all_statuses) {
    const auto number_so = count(rows, to_string(status));
    if (number_so > 0 || status == Status::success)
      out += fmt::format(", {} {}", show_count(number_so), to_string(status));
  }
  return out;
}

std::string rate_in_force_text(const json::object& state) {
  const std::string by = text(state, "paced_by");
  const std::string_view why = by == "server"     ? " by the server's rate hints"
                               : by == "adaptive" ? " measured (auto)"
                                                  : " as asked";
  const double rate = number(state, "rate");
  std::string out = show_requests(rate);
  if (rate > 0) out += why;
  out += fmt::format(", {}, {} of {} in flight", plural(count(state, "connections"), "connection"),
                     show_count(count(state, "in_flight")), show_count(count(state, "in_flight_max")));
  const double held = number(state, "held_s");
  if (held > 0) out += fmt::format("; paused for {} by the server's Retry-After", show_seconds(held));
  return out;
}

std::string connection_text(const json::object& trouble) {
  return show_trouble(text(trouble, "error"), std::chrono::seconds(std::llround(number(trouble, "for_s"))),
                      std::chrono::seconds(std::llround(number(trouble, "gives_up_after_s"))));
}

std::string requests_text(const json::object& state) {
  return fmt::format("{}: {} retries, {} sent again (do not count for --max-attempts); retry budget: {} tokens left",
                     plural(count(state, "attempts"), "request"), show_count(count(state, "retries")),
                     show_count(count(state, "requeues")), show_count(count(state, "retry_tokens")));
}

std::string latency_text(const json::object& state) {
  const json::object& latency = part(state, "latency_ms");
  if (latency.empty()) return "no response yet";
  return fmt::format("p50 {:.1f} ms, p99 {:.1f} ms", number(latency, "p50"), number(latency, "p99"));
}

Snapshot snapshot_of(const json::object& state, double rows_per_second) {
  const json::object& rows = part(state, "rows");
  Snapshot out;
  out.rows_read = count(rows, "read");
  for (const Status status : all_statuses) out.rows_done += count(rows, to_string(status));
  out.rows_limit = count(state, "rows_limit");
  out.bytes_read = count(state, "bytes_read");
  out.bytes_total = count(state, "bytes_total");
  out.paused_by_person = truth(state, "paused");
  out.rows_per_second = rows_per_second;
  return out;
}

}  // namespace

std::uint64_t rows_begun(const json::object& state) {
  const std::uint64_t again = count(state, "retries") + count(state, "requeues");
  return count(state, "attempts") - std::min(again, count(state, "attempts"));
}

double average_rate(const json::object& state) {
  const double elapsed = number(state, "elapsed_s");
  return elapsed > 0 ? static_cast<double>(rows_begun(state)) / elapsed : 0;
}

std::string state_text(const json::object& state, double rows_per_second) {
  const Snapshot now = snapshot_of(state, rows_per_second);
  std::string out = headline(state);
  out += line("run", text(state, "run"));
  out += line("input", text(state, "input") == "-" ? "standard input" : text(state, "input"));
  out += line("rows", rows_text(state));
  out += line("rate", rate_in_force_text(state));
  out += line("requests", requests_text(state));
  out += line("circuit", text(state, "circuit"));
  if (const json::object& trouble = part(state, "connection_trouble"); !trouble.empty())
    out += line("trouble", connection_text(trouble));
  out += line("latency", latency_text(state));
  const double share = share_done(now);
  const double left = seconds_left(now);
  if (share >= 0) {
    std::string done = fmt::format("{}%", static_cast<int>(share * 100));
    if (left >= 0) done += ", about " + show_seconds(std::ceil(left)) + " left";
    out += line("done", done);
  }
  return out;
}

std::string done_text(const json::object& response) {
  if (response.contains("paused")) return truth(response, "paused") ? "paused" : "resumed";
  if (response.contains("stopping"))
    return "stopping: waiting for the responses to requests in flight; the other rows stay unsent";
  if (response.contains("connections")) return plural(count(response, "connections"), "connection");
  const bool adaptive = text(response, "mode") == "adaptive";
  const std::string rate = show_requests(number(response, "rate"));
  if (!adaptive) return "rate " + rate;
  return number(response, "rate") > 0 ? "rate auto, at most " + rate : "rate auto";
}

}  // namespace amend::cli
