#include "amend/reporter/summary.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <cmath>
#include <iterator>
#include <utility>

#include "reporter/file_seal_json.hpp"
#include "reporter/json_text.hpp"
#include "row/utc_time.hpp"

namespace amend {
namespace {

namespace json = boost::json;

double in_ms(std::chrono::nanoseconds duration) {
  return std::round(static_cast<double>(duration.count()) / 1e3) / 1e3;
}

json::object latency_json(const Latency& latency) {
  return {{"p50", in_ms(latency.p50)},
          {"p90", in_ms(latency.p90)},
          {"p99", in_ms(latency.p99)},
          {"p999", in_ms(latency.p999)},
          {"max", in_ms(latency.max)}};
}

json::object rows_json(const Summary& summary) {
  json::object rows{{"read", summary.rows_read}};
  for (std::size_t i = 0; i < status_count; ++i) {
    const std::string_view name = to_string(static_cast<Status>(i));
    rows[json::string_view(name.data(), name.size())] = summary.rows_by_status[i];
  }
  rows["unsent"] = summary.unsent ? json::value(*summary.unsent) : json::value(nullptr);
  return rows;
}

json::object requests_json(const Summary& summary) {
  return {{"attempts", summary.attempts},       {"retries", summary.retries},
          {"requeues", summary.requeues},       {"throttled", summary.throttled},
          {"connections", summary.connections}, {"handshakes_failed", summary.handshakes_failed}};
}

json::object connection_trouble_json(const ConnectionState& connection) {
  const auto seconds = std::round(in_ms(connection.total)) / 1e3;
  return {{"times", connection.times},
          {"seconds", seconds},
          {"cause", connection.times == 0 ? json::value(nullptr) : json::value(connection.cause)},
          {"last", connection.times == 0 ? json::value(nullptr) : json::value(utf8(connection.text))}};
}

json::array errors_json(const Summary& summary) {
  json::array errors;
  for (const ErrorCount& error : summary.errors) {
    errors.push_back(json::object{
        {"code", utf8(error.code)},
        {"count", error.count},
        {"example",
         json::object{{"row", error.row}, {"line", error.line}, {"id", utf8(error.id)}, {"error", utf8(error.text)}}}});
  }
  return errors;
}

json::object drift_json(const Summary& summary) {
  json::object drift;
  for (std::size_t i = 0; i < summary.drift.size(); ++i)
    if (summary.drift[i] > 0) drift[wonder::customer_fields()[i].name] = summary.drift[i];
  return drift;
}

// Not the examples: a value, masked or not, belongs to the check.
json::array findings_json(const InputFindings& findings) {
  json::array out;
  for (const FieldFinding& finding : findings.fields) {
    const Position& first = finding.first.front();
    out.push_back(json::object{{"code", finding.code},
                               {"degree", finding.degree == Degree::damage ? "damage" : "hint"},
                               {"field", finding.field.empty() ? json::value(nullptr) : json::value(finding.field)},
                               {"rows", finding.rows},
                               {"first", json::object{{"row", first.row}, {"line", first.line}}}});
  }
  return out;
}

json::array texts_json(const std::vector<std::string>& texts) {
  json::array out;
  for (const std::string& text : texts) out.push_back(json::value(utf8(text)));
  return out;
}

}  // namespace

Latency::Latency(const LatencyHistogram& histogram)
    : p50(histogram.percentile(50)),
      p90(histogram.percentile(90)),
      p99(histogram.percentile(99)),
      p999(histogram.percentile(99.9)),
      max(histogram.max()) {}

void Summary::take(const Metrics& metrics) {
  rows_read = metrics.rows_read.value();
  for (std::size_t i = 0; i < status_count; ++i) rows_by_status[i] = metrics.rows(static_cast<Status>(i));
  attempts = metrics.attempts.value();
  retries = metrics.retries.value();
  requeues = metrics.requeues.value();
  throttled = metrics.throttled.value();
  connections = metrics.connections_opened.value();
  handshakes_failed = metrics.handshakes_failed.value();
}

std::uint64_t Summary::rows_well() const noexcept {
  std::uint64_t well = 0;
  for (const Status status : all_statuses) well += is_well(status) ? rows(status) : 0;
  return well;
}

std::string to_json(const Summary& summary) {
  const json::object text{
      {"version", utf8(summary.version)},
      {"run", utf8(summary.run_directory)},
      {"input", utf8(summary.input)},
      {"started_at", utc_text(summary.started_at)},
      {"elapsed_s", std::round(in_ms(summary.elapsed)) / 1e3},
      {"exit_code", static_cast<int>(summary.exit_code)},
      {"stop_cause",
       summary.stop_cause == StopCause::none ? json::value(nullptr) : json::value(to_string(summary.stop_cause))},
      {"stop_reason", summary.stop_reason.empty() ? json::value(nullptr) : json::value(utf8(summary.stop_reason))},
      {"rows", rows_json(summary)},
      {"overtaken", summary.overtaken},
      {"overtaken_rejected", summary.overtaken_rejected},
      {"drift", drift_json(summary)},
      {"damaged_rows", summary.findings.damaged_rows},
      {"findings", findings_json(summary.findings)},
      {"requests", requests_json(summary)},
      {"connection_trouble", connection_trouble_json(summary.connection)},
      {"latency_ms",
       json::object{{"service", latency_json(summary.service)}, {"queued", latency_json(summary.queued)}}},
      {"log_bytes", summary.log_bytes ? json::value(*summary.log_bytes) : json::value(nullptr)},
      {"notices", texts_json(summary.notices)},
      {"errors", errors_json(summary)},
      {"files", texts_json(summary.files)},
      {"retry_files", seals_json(summary.retry_files)}};
  std::string out;
  append_json(out, text);
  return out + "\n";
}

}  // namespace amend
