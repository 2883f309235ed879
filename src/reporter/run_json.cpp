#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <string_view>

#include "amend/reporter/summary.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "reporter/json_text.hpp"
#include "reporter/run_json_paths.hpp"
#include "row/utc_time.hpp"

namespace amend {
namespace {

namespace json = boost::json;

// What is UTF-8 is written as it is, control characters too: it is read back, and only then shown to a person.
json::string text(std::string_view s) {
  const std::string valid = wonder::utf8_prefix(s) == s.size() ? std::string(s) : utf8(s);
  return json::string(valid.data(), valid.size());
}

template <class Enum, std::size_t count>
json::string spelled(Enum value, const Spellings<Enum, count>& spellings) {
  const auto found = std::ranges::find(spellings, value, &std::pair<std::string_view, Enum>::second);
  return found == spellings.end() ? json::string() : text(found->first);
}

// user:password@ may stand before the host.
std::string without_user(const std::string& url) {
  const auto scheme = url.find("://");
  const auto authority = scheme == std::string::npos ? 0 : scheme + 3;
  const auto end = url.find_first_of("/?#", authority);
  const auto at = url.substr(0, end).rfind('@');
  if (at == std::string::npos || at < authority) return url;
  return url.substr(0, authority) + url.substr(at + 1);
}

json::object target_json(const TargetConfig& target) {
  return {{"url", text(without_user(target.url))}, {"allow_plain_http", target.allow_plain_http},
          {"proxy", text(target.proxy)},           {"ipv4_only", target.ipv4_only},
          {"ca_file", text(target.ca_file)},       {"client_cert", text(target.client_cert)},
          {"client_key", text(target.client_key)}, {"echo_path", text(target.echo_path)}};
}

json::object auth_json(const AuthConfig& auth) {
  json::array header_names;
  for (const std::string& header : auth.headers) {
    const auto colon = header.find(':');
    // Without a colon it is not known which part would be the value.
    header_names.push_back(text(colon == std::string::npos ? "" : header.substr(0, colon)));
  }
  return {{"kind", spelled(auth.kind, auth_spellings)},      {"app_id", text(auth.app_id)},
          {"private_key_file", text(auth.private_key_file)}, {"private_key_env", text(auth.private_key_env)},
          {"bearer_file", text(auth.bearer_file)},           {"header_file", text(auth.header_file)},
          {"header_names", std::move(header_names)}};
}

json::object input_json(const InputConfig& input) {
  return {{"file", text(input.file)},
          {"format", spelled(input.format, format_spellings)},
          {"delimiter", input.delimiter ? json::value(text(std::string_view(&*input.delimiter, 1))) : json::value()},
          {"encoding", text(input.encoding)},
          {"duplicates", spelled(input.duplicates, duplicates_spellings)},
          {"recover", input.recover},
          {"strict", input.strict},
          {"accept_findings", input.accept_findings},
          {"limit", input.limit},
          {"row_bytes_max", input.row_bytes_max},
          {"columns_max", input.columns_max}};
}

json::object mapping_json(const MappingConfig& mapping) {
  json::object columns;
  for (const auto& [field, column] : mapping.columns) columns[field] = text(column);
  json::object blanks;
  for (const auto& [field, blank] : mapping.blanks) blanks[field] = spelled(blank, blank_spellings);
  json::array null_texts;
  for (const std::string& null_text : mapping.null_texts) null_texts.push_back(text(null_text));
  return {{"columns", std::move(columns)},
          {"id_column", text(mapping.id_column)},
          {"blanks", std::move(blanks)},
          {"guard_column", text(mapping.guard_column)},
          {"trim", mapping.trim},
          {"strip_formula", mapping.strip_formula},
          {"null_texts", std::move(null_texts)},
          {"split_phone", mapping.split_phone},
          {"form", spelled(mapping.form, row_form_spellings)},
          {"reference_column", text(mapping.reference_column)}};
}

json::object reconcile_json(const ReconcileConfig& reconcile) {
  json::array ignore_case;
  for (const std::string& field : reconcile.ignore_case) ignore_case.push_back(text(field));
  return {{"look_up", spelled(reconcile.look_up, look_up_spellings)},
          {"company_name", spelled(reconcile.company_name, company_name_spellings)},
          {"ignore_case", std::move(ignore_case)},
          {"ignore_space", reconcile.ignore_space},
          {"show_missing", reconcile.show_missing},
          {"show_values", reconcile.show_values},
          {"apply", reconcile.apply},
          {"recheck", spelled(reconcile.recheck, recheck_spellings)},
          {"baseline", text(reconcile.baseline)},
          {"sample_ppm", reconcile.sample_ppm},
          {"sample_seed", reconcile.sample_seed},
          {"of_run", text(reconcile.of_run)}};
}

json::object pace_json(const PaceConfig& pace) {
  return {{"rate", spelled(pace.rate.mode, rate_mode_spellings)},
          {"interval_ns", pace.rate.interval.count()},
          {"burst", pace.burst},
          {"concurrency", spelled(pace.concurrency, concurrency_spellings)},
          {"canary", spelled(pace.canary, canary_spellings)},
          {"connections", pace.connections},
          {"pipeline", pace.pipeline},
          {"workers", pace.workers}};
}

json::object retry_json(const RetryConfig& retry) {
  return {{"attempts_max", retry.attempts_max},
          {"backoff_first_ms", retry.backoff_first.count()},
          {"backoff_max_ms", retry.backoff_max.count()},
          {"retry_after_max_ms", retry.retry_after_max.count()}};
}

json::object deadline_json(const DeadlineConfig& deadline) {
  return {{"connect_ms", deadline.connect.count()},
          {"answer_ms", deadline.answer.count()},
          {"row_ms", deadline.row.count()},
          {"first_connect_ms", deadline.first_connect.count()},
          {"outage_ms", deadline.outage.count()},
          {"grace_ms", deadline.grace.count()},
          {"run_ms", deadline.run.count()},
          {"run_until", deadline.run_until ? json::value(*deadline.run_until) : json::value()},
          {"stall_ms", deadline.stall.count()}};
}

json::object identity_json(const InputIdentity& input) {
  return {{"path", text(input.path)},
          {"size", input.size},
          {"modified_ns", input.modified.count()},
          {"device", input.device},
          {"inode", input.inode},
          {"format", spelled(input.format, format_spellings)},
          {"delimiter", text(std::string_view(&input.delimiter, 1))}};
}

// A JSON text cannot have the bytes of a name that is not UTF-8: they are beside it, in hexadecimal digits.
void add_path_bytes(json::object& run, const RunRecord& record) {
  RunRecord named = record;
  for_each_path(named, [&](std::string_view place, std::string_view name, const std::string& path) {
    if (wonder::utf8_prefix(path) == path.size()) return;
    std::string digits;
    for (const char c : path) digits += fmt::format("{:02x}", static_cast<unsigned char>(c));
    object_at(run, place)->emplace(std::string(name) + std::string(path_bytes_suffix), digits);
  });
}

}  // namespace

std::string run_json(const RunRecord& record) {
  const Config& config = record.config;
  json::object run{{"version", text(config.version)},
                   {"started_at", text(record.started_at)},
                   {"parent", record.parent.empty() ? json::value() : json::value(text(record.parent))},
                   {"read_ahead_rows", record.read_ahead_rows},
                   {"input", identity_json(record.input)},
                   {"task", spelled(config.task, task_spellings)},
                   {"options", json::object{{"target", target_json(config.target)},
                                            {"auth", auth_json(config.auth)},
                                            {"input", input_json(config.input)},
                                            {"mapping", mapping_json(config.mapping)},
                                            {"pace", pace_json(config.pace)},
                                            {"retry", retry_json(config.retry)},
                                            {"deadline", deadline_json(config.deadline)},
                                            {"failures", json::object{{"rows_max", config.failures.rows_max},
                                                                      {"percent_max", config.failures.percent_max}}},
                                            {"reconcile", reconcile_json(config.reconcile)},
                                            {"commit", spelled(config.commit, commit_spellings)},
                                            {"run_directory", text(config.run_directory)}}}};
  add_path_bytes(run, record);
  return json::serialize(run) + "\n";
}

std::string run_json(const Config& config, const InputIdentity& input, std::chrono::system_clock::time_point started_at,
                     const std::string& parent) {
  RunRecord record;
  record.config = config;
  record.input = input;
  record.started_at = utc_text(started_at);
  record.parent = parent;
  return run_json(record);
}

}  // namespace amend
