// run.json, written and read by one list of its members.
#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <string_view>

#include "amend/error.hpp"
#include "amend/run/run_directory.hpp"
#include "amend/run/summary.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "row/hexadecimal.hpp"
#include "row/utc_time.hpp"
#include "run/json_members.hpp"
#include "run/run_json_paths.hpp"

namespace amend {
namespace {

namespace json = boost::json;

template <class Members>
void list_target(Members& at, TargetConfig& target) {
  at.value("url", target.url);
  at.value("allow_plain_http", target.allow_plain_http);
  at.value("proxy", target.proxy);
  at.value("ipv4_only", target.ipv4_only);
  at.value("ca_file", target.ca_file);
  at.value("client_cert", target.client_cert);
  at.value("client_key", target.client_key);
  at.value("echo_path", target.echo_path);
}

template <class Members>
void list_auth(Members& at, AuthConfig& auth) {
  at.spelled("kind", auth.kind, auth_spellings);
  at.value("app_id", auth.app_id);
  at.value("private_key_file", auth.private_key_file);
  at.value("private_key_env", auth.private_key_env);
  at.value("bearer_file", auth.bearer_file);
  at.value("header_file", auth.header_file);
  at.value("header_names", auth.headers);
}

template <class Members>
void list_input(Members& at, InputConfig& input) {
  at.value("file", input.file);
  at.spelled("format", input.format, format_spellings);
  at.value("delimiter", input.delimiter);
  at.value("encoding", input.encoding);
  at.spelled("duplicates", input.duplicates, duplicates_spellings);
  at.value("recover", input.recover);
  at.value("strict", input.strict);
  at.later("accept_findings", input.accept_findings);
  at.value("limit", input.limit);
  at.value("row_bytes_max", input.row_bytes_max);
  at.value("columns_max", input.columns_max);
}

template <class Members>
void list_mapping(Members& at, MappingConfig& mapping) {
  at.texts("columns", mapping.columns);
  at.value("id_column", mapping.id_column);
  at.spelled_texts("blanks", mapping.blanks, blank_spellings);
  at.value("guard_column", mapping.guard_column);
  at.value("trim", mapping.trim);
  at.later("strip_formula", mapping.strip_formula);
  at.later("null_texts", mapping.null_texts);
  at.value("split_phone", mapping.split_phone);
  at.spelled("form", mapping.form, row_form_spellings);
  at.value("reference_column", mapping.reference_column);
}

template <class Members>
void list_load(Members& at, LoadConfig& load) {
  at.spelled("rate", load.rate.mode, rate_mode_spellings);
  at.value("interval_ns", load.rate.interval);
  at.value("burst", load.burst);
  at.spelled("concurrency", load.concurrency, concurrency_spellings);
  at.spelled("canary", load.canary, canary_spellings);
  at.value("connections", load.connections);
  at.value("pipeline", load.pipeline);
  at.value("workers", load.workers);
}

template <class Members>
void list_retry(Members& at, RetryConfig& retry) {
  at.value("attempts_max", retry.attempts_max);
  at.value("backoff_first_ms", retry.backoff_first);
  at.value("backoff_max_ms", retry.backoff_max);
  at.value("retry_after_max_ms", retry.retry_after_max);
}

template <class Members>
void list_deadline(Members& at, DeadlineConfig& deadline) {
  at.value("connect_ms", deadline.connect);
  at.value("answer_ms", deadline.response);
  at.value("row_ms", deadline.row);
  at.value("first_connect_ms", deadline.first_connect);
  at.value("outage_ms", deadline.outage);
  at.value("grace_ms", deadline.grace);
  at.value("run_ms", deadline.run);
  at.value("run_until", deadline.run_until);
  at.value("stall_ms", deadline.stall);
}

template <class Members>
void list_failures(Members& at, FailureConfig& failures) {
  at.value("rows_max", failures.rows_max);
  at.value("percent_max", failures.percent_max);
}

template <class Members>
void list_reconcile(Members& at, ReconcileConfig& reconcile) {
  at.spelled("look_up", reconcile.look_up, look_up_spellings);
  at.spelled("company_name", reconcile.company_name, company_name_spellings);
  at.value("ignore_case", reconcile.ignore_case);
  at.value("ignore_space", reconcile.ignore_space);
  at.value("show_missing", reconcile.show_missing);
  at.value("show_values", reconcile.show_values);
  at.value("apply", reconcile.apply);
  at.spelled("recheck", reconcile.recheck, recheck_spellings);
  at.value("baseline", reconcile.baseline);
  at.value("sample_ppm", reconcile.sample_ppm);
  at.value("sample_seed", reconcile.sample_seed);
  at.value("of_run", reconcile.of_run);
}

template <class Members>
void list_options(Members& at, Config& config) {
  at.object("target", [&](auto& target) { list_target(target, config.target); });
  at.object("auth", [&](auto& auth) { list_auth(auth, config.auth); });
  at.object("input", [&](auto& input) { list_input(input, config.input); });
  at.object("mapping", [&](auto& mapping) { list_mapping(mapping, config.mapping); });
  at.object("pace", [&](auto& load) { list_load(load, config.load); });
  at.object("retry", [&](auto& retry) { list_retry(retry, config.retry); });
  at.object("deadline", [&](auto& deadline) { list_deadline(deadline, config.deadline); });
  at.object("failures", [&](auto& failures) { list_failures(failures, config.failures); });
  at.object("reconcile", [&](auto& reconcile) { list_reconcile(reconcile, config.reconcile); });
  at.spelled("commit", config.commit, commit_spellings);
  at.value("run_directory", config.run_directory);
}

template <class Members>
void list_identity(Members& at, InputIdentity& input) {
  at.value("path", input.path);
  at.value("size", input.size);
  at.value("modified_ns", input.modified);
  at.value("device", input.device);
  at.value("inode", input.inode);
  at.spelled("format", input.format, format_spellings);
  at.value("delimiter", input.delimiter);
}

template <class Members>
void list_run(Members& at, RunRecord& record) {
  at.value("version", record.config.version);
  at.value("started_at", record.started_at);
  at.text_or_null("parent", record.parent);
  at.value("read_ahead_rows", record.read_ahead_rows);
  at.object("input", [&](auto& input) { list_identity(input, record.input); });
  at.spelled("task", record.config.task, task_spellings);
  at.object("options", [&](auto& options) { list_options(options, record.config); });
}

// user:password@ may be before the host.
std::string without_user(const std::string& url) {
  const auto scheme = url.find("://");
  const auto authority = scheme == std::string::npos ? 0 : scheme + 3;
  const auto end = url.find_first_of("/?#", authority);
  const auto at = url.substr(0, end).rfind('@');
  if (at == std::string::npos || at < authority) return url;
  return url.substr(0, authority) + url.substr(at + 1);
}

// Of --header only the names are written. Without a colon the whole text may be the value.
RunRecord without_secrets(RunRecord record) {
  record.config.target.url = without_user(record.config.target.url);
  for (std::string& header : record.config.auth.headers) {
    const auto colon = header.find(':');
    header.resize(colon == std::string::npos ? 0 : colon);
  }
  return record;
}

// A JSON text cannot contain the bytes of a path that is not UTF-8, so they are beside it in hexadecimal digits.
void add_path_bytes(json::object& run, const RunRecord& record) {
  RunRecord named = record;
  for_each_path(named, [&](std::string_view place, std::string_view name, const std::string& path) {
    if (wonder::utf8_prefix(path) == path.size()) return;
    std::string digits;
    for (const char c : path) append_hex(digits, static_cast<unsigned char>(c));
    object_at(run, place)->emplace(std::string(name) + std::string(path_bytes_suffix), digits);
  });
}

}  // namespace

std::string run_json(const RunRecord& record) {
  RunRecord written = without_secrets(record);
  json::object members;
  MemberWriter at(members, TextForm::exact);
  list_run(at, written);
  add_path_bytes(members, record);
  return json::serialize(members) + "\n";
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

RunRecord read_run_json(std::string_view text) {
  json::error_code error;
  json::value document = json::parse(json::string_view(text.data(), text.size()), error);
  if (error || !document.is_object()) refuse_run_json("the JSON object");
  json::object& members = document.get_object();
  RunRecord record;
  const MemberReader at(members, Missing::refuse);
  list_run(at, record);
  for_each_path(record, [&](std::string_view place, std::string_view name, std::string& path) {
    if (auto bytes = path_bytes_in(*object_at(members, place), name)) path = std::move(*bytes);
  });
  return record;
}

RunRecord read_run(const std::string& directory) {
  std::ifstream file(directory + "/run.json", std::ios::binary);
  if (!file) throw no_run_in(directory);
  return read_run_json(std::string(std::istreambuf_iterator<char>(file), {}));
}

}  // namespace amend
