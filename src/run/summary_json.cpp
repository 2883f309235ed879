// summary.json, written and read by one list of its members.
#include <boost/json.hpp>

#include "amend/run/summary.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "row/json_text.hpp"
#include "run/json_members.hpp"
#include "run/json_reading.hpp"

namespace amend {
namespace {

constexpr Spellings<Degree, 2> degree_spellings{{{"damage", Degree::damage}, {"hint", Degree::hint}}};

template <class Members>
void list_rows(Members& at, Summary& summary) {
  at.value("read", summary.rows_read);
  for (std::size_t i = 0; i < status_count; ++i) at.value(to_string(all_statuses[i]), summary.rows_by_status[i]);
  at.value("unsent", summary.unsent);
}

template <class Members>
void list_requests(Members& at, Summary& summary) {
  at.value("attempts", summary.attempts);
  at.value("retries", summary.retries);
  at.value("requeues", summary.requeues);
  at.value("throttled", summary.throttled);
  at.value("connections", summary.connections);
  at.value("handshakes_failed", summary.handshakes_failed);
}

template <class Members>
void list_trouble(Members& at, ConnectionState& connection) {
  at.value("times", connection.times);
  at.seconds("seconds", connection.total);
  at.text_or_null("cause", connection.cause);
  at.text_or_null("last", connection.text);
}

template <class Members>
void list_latency(Members& at, Latency& latency) {
  at.milliseconds("p50", latency.p50);
  at.milliseconds("p90", latency.p90);
  at.milliseconds("p99", latency.p99);
  at.milliseconds("p999", latency.p999);
  at.milliseconds("max", latency.max);
}

// Without the examples: a value belongs to the check, also when it is masked.
template <class Members>
void list_finding(Members& at, FieldFinding& finding) {
  if (finding.first.empty()) finding.first.emplace_back();
  Position& first = finding.first.front();
  at.value("code", finding.code);
  at.spelled("degree", finding.degree, degree_spellings);
  at.text_or_null("field", finding.field);
  at.value("rows", finding.rows);
  at.object("first", [&](auto& place) {
    place.value("row", first.row);
    place.value("line", first.line);
  });
}

template <class Members>
void list_error(Members& at, ErrorCount& error) {
  at.value("code", error.code);
  at.value("count", error.count);
  at.object("example", [&](auto& example) {
    example.value("row", error.row);
    example.value("line", error.line);
    example.value("id", error.id);
    example.value("error", error.text);
  });
}

template <class Members>
void list_seal(Members& at, FileSeal& seal) {
  at.value("name", seal.name);
  at.value("bytes", seal.bytes);
  at.hexadecimal("hash", seal.hash);
}

template <class Members>
void list_findings(Members& at, Summary& summary) {
  at.object("drift", [&](auto& fields) {
    for (std::size_t i = 0; i < summary.drift.size(); ++i)
      fields.positive(wonder::customer_fields()[i].name, summary.drift[i]);
  });
  at.value("damaged_rows", summary.findings.damaged_rows);
  at.list("findings", summary.findings.fields, [](auto& item, FieldFinding& finding) { list_finding(item, finding); });
}

template <class Members>
void list_summary(Members& at, Summary& summary) {
  at.value("version", summary.version);
  at.value("run", summary.run_directory);
  at.value("input", summary.input);
  at.moment("started_at", summary.started_at);
  at.seconds("elapsed_s", summary.elapsed);
  at.value("exit_code", summary.exit_code);
  at.spelled_or_null("stop_cause", summary.stop_cause, stop_cause_spellings, StopCause::none);
  at.text_or_null("stop_reason", summary.stop_reason);
  at.object("rows", [&](auto& rows) { list_rows(rows, summary); });
  at.value("overtaken", summary.overtaken);
  at.value("overtaken_rejected", summary.overtaken_rejected);
  list_findings(at, summary);
  at.object("requests", [&](auto& requests) { list_requests(requests, summary); });
  at.object("connection_trouble", [&](auto& trouble) { list_trouble(trouble, summary.connection); });
  at.object("latency_ms", [&](auto& latency) {
    latency.object("service", [&](auto& service) { list_latency(service, summary.service); });
    latency.object("queued", [&](auto& queued) { list_latency(queued, summary.queued); });
  });
  at.value("log_bytes", summary.log_bytes);
  at.value("notices", summary.notices);
  at.list("errors", summary.errors, [](auto& item, ErrorCount& error) { list_error(item, error); });
  at.value("files", summary.files);
  at.list("retry_files", summary.retry_files, [](auto& item, FileSeal& seal) { list_seal(item, seal); });
}

}  // namespace

std::string to_json(const Summary& summary) {
  Summary written = summary;
  if (written.connection.times == 0) written.connection = ConnectionState();
  boost::json::object members;
  MemberWriter at(members, TextForm::printable);
  list_summary(at, written);
  std::string out;
  append_json(out, members);
  return out + "\n";
}

std::optional<Summary> parse_summary(std::string_view text) {
  const boost::json::object members = object_in(text);
  if (members.empty()) return std::nullopt;
  Summary summary;
  summary.exit_code = ExitCode::broken_invariant;  // what a text without a code is taken for
  const MemberReader at(members, Missing::keep);
  list_summary(at, summary);
  return summary;
}

std::optional<Summary> read_summary(const std::string& directory) {
  return parse_summary(content_of(directory + "/summary.json"));
}

}  // namespace amend
