// run.json read back: the mirror of run_json.cpp.
#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <string_view>

#include "amend/error.hpp"
#include "amend/reporter/run_directory.hpp"
#include "amend/reporter/summary.hpp"
#include "reporter/run_json_paths.hpp"

namespace amend {
namespace {

namespace json = boost::json;

[[noreturn]] void refuse(std::string_view member) {
  throw ConfigError("run.json: " + std::string(member) +
                        " is missing, or is not in the format that amend writes. Restore run.json from a backup",
                    ExitCode::input);
}

/// One object of the file; every look into it names the member when it is not there.
class Members {
 public:
  Members(const json::object& object, std::string path) : object_(&object), path_(std::move(path)) {}

  Members at(std::string_view name) const { return Members(get<json::object>(name), path_ + std::string(name) + "."); }

  /// False for a member that an earlier version did not write.
  bool has(std::string_view name) const { return object_->contains(json::string_view(name.data(), name.size())); }

  template <class Number>
  void read(std::string_view name, Number& out) const requires std::is_integral_v<Number> &&
      (!std::is_same_v<Number, bool>) {
    json::error_code error;
    out = value(name).to_number<Number>(error);
    if (error) refuse(path_ + std::string(name));
  }
  void read(std::string_view name, bool& out) const {
    if (!value(name).is_bool()) refuse(path_ + std::string(name));
    out = value(name).get_bool();
  }
  void read(std::string_view name, std::string& out) const { out = get<json::string>(name); }
  void read_or_null(std::string_view name, std::string& out) const {
    if (!value(name).is_null()) read(name, out);
  }
  void read_or_null(std::string_view name, std::optional<std::uint16_t>& out) const {
    if (!value(name).is_null()) read(name, out.emplace());
  }
  template <class Rep, class Period>
  void read(std::string_view name, std::chrono::duration<Rep, Period>& out) const {
    Rep count{};
    read(name, count);
    out = std::chrono::duration<Rep, Period>(count);
  }
  void read(std::string_view name, std::vector<std::string>& out) const {
    for (const json::value& item : get<json::array>(name)) {
      if (!item.is_string()) refuse(path_ + std::string(name));
      out.emplace_back(item.get_string());
    }
  }
  void read(std::string_view name, std::optional<char>& out) const {
    if (value(name).is_null()) return;
    const json::string& text = get<json::string>(name);
    if (text.size() != 1) refuse(path_ + std::string(name));
    out = text[0];
  }
  template <class Enum, std::size_t n>
  void read(std::string_view name, Enum& out, const Spellings<Enum, n>& names) const {
    out = named(get<json::string>(name), names, name);
  }

  template <class Enum, std::size_t n>
  Enum named(std::string_view text, const Spellings<Enum, n>& names, std::string_view member) const {
    for (const auto& [spelled, value] : names)
      if (spelled == text) return value;
    refuse(path_ + std::string(member));
  }

  const json::object& object(std::string_view name) const { return get<json::object>(name); }

 private:
  const json::value& value(std::string_view name) const {
    const json::value* found = object_->if_contains(json::string_view(name.data(), name.size()));
    if (found == nullptr) refuse(path_ + std::string(name));
    return *found;
  }
  template <class T>
  const T& get(std::string_view name) const {
    const T* found = nullptr;
    if constexpr (std::is_same_v<T, json::object>) found = value(name).if_object();
    if constexpr (std::is_same_v<T, json::array>) found = value(name).if_array();
    if constexpr (std::is_same_v<T, json::string>) found = value(name).if_string();
    if (found == nullptr) refuse(path_ + std::string(name));
    return *found;
  }

  const json::object* object_;
  std::string path_;
};

void read_target(const Members& from, TargetConfig& target) {
  from.read("url", target.url);
  from.read("allow_plain_http", target.allow_plain_http);
  from.read("proxy", target.proxy);
  from.read("ipv4_only", target.ipv4_only);
  from.read("ca_file", target.ca_file);
  from.read("client_cert", target.client_cert);
  from.read("client_key", target.client_key);
  from.read("echo_path", target.echo_path);
}

void read_auth(const Members& from, AuthConfig& auth) {
  from.read("kind", auth.kind, auth_spellings);
  from.read("app_id", auth.app_id);
  from.read("private_key_file", auth.private_key_file);
  from.read("private_key_env", auth.private_key_env);
  from.read("bearer_file", auth.bearer_file);
  from.read("header_file", auth.header_file);
  from.read("header_names", auth.headers);
}

void read_input(const Members& from, InputConfig& input) {
  from.read("file", input.file);
  from.read("format", input.format, format_spellings);
  from.read("delimiter", input.delimiter);
  from.read("encoding", input.encoding);
  from.read("duplicates", input.duplicates, duplicates_spellings);
  from.read("recover", input.recover);
  from.read("strict", input.strict);
  if (from.has("accept_findings")) from.read("accept_findings", input.accept_findings);
  from.read("limit", input.limit);
  from.read("row_bytes_max", input.row_bytes_max);
  from.read("columns_max", input.columns_max);
}

void read_mapping(const Members& from, MappingConfig& mapping) {
  for (const auto& column : from.object("columns")) {
    if (!column.value().is_string()) refuse("options.mapping.columns");
    mapping.columns.emplace_back(column.key(), column.value().get_string());
  }
  for (const auto& blank : from.object("blanks")) {
    if (!blank.value().is_string()) refuse("options.mapping.blanks");
    mapping.blanks.emplace_back(blank.key(),
                                from.named(std::string_view(blank.value().get_string()), blank_spellings, "blanks"));
  }
  from.read("id_column", mapping.id_column);
  from.read("guard_column", mapping.guard_column);
  from.read("trim", mapping.trim);
  if (from.has("strip_formula")) from.read("strip_formula", mapping.strip_formula);
  if (from.has("null_texts")) from.read("null_texts", mapping.null_texts);
  from.read("split_phone", mapping.split_phone);
  from.read("form", mapping.form, row_form_spellings);
  from.read("reference_column", mapping.reference_column);
}

void read_reconcile(const Members& from, ReconcileConfig& reconcile) {
  from.read("look_up", reconcile.look_up, look_up_spellings);
  from.read("company_name", reconcile.company_name, company_name_spellings);
  from.read("ignore_case", reconcile.ignore_case);
  from.read("ignore_space", reconcile.ignore_space);
  from.read("show_missing", reconcile.show_missing);
  from.read("show_values", reconcile.show_values);
  from.read("apply", reconcile.apply);
  from.read("recheck", reconcile.recheck, recheck_spellings);
  from.read("baseline", reconcile.baseline);
  from.read("sample_ppm", reconcile.sample_ppm);
  from.read("sample_seed", reconcile.sample_seed);
  from.read("of_run", reconcile.of_run);
}

void read_behaviour(const Members& options, Config& config) {
  const Members pace = options.at("pace");
  pace.read("rate", config.pace.rate.mode, rate_mode_spellings);
  pace.read("concurrency", config.pace.concurrency, concurrency_spellings);
  pace.read("canary", config.pace.canary, canary_spellings);
  pace.read("interval_ns", config.pace.rate.interval);
  pace.read("burst", config.pace.burst);
  pace.read("connections", config.pace.connections);
  pace.read("pipeline", config.pace.pipeline);
  pace.read("workers", config.pace.workers);
  const Members retry = options.at("retry");
  retry.read("attempts_max", config.retry.attempts_max);
  retry.read("backoff_first_ms", config.retry.backoff_first);
  retry.read("backoff_max_ms", config.retry.backoff_max);
  retry.read("retry_after_max_ms", config.retry.retry_after_max);
  const Members deadline = options.at("deadline");
  deadline.read("connect_ms", config.deadline.connect);
  deadline.read("answer_ms", config.deadline.answer);
  deadline.read("row_ms", config.deadline.row);
  deadline.read("first_connect_ms", config.deadline.first_connect);
  deadline.read("outage_ms", config.deadline.outage);
  deadline.read("grace_ms", config.deadline.grace);
  deadline.read("run_ms", config.deadline.run);
  deadline.read_or_null("run_until", config.deadline.run_until);
  deadline.read("stall_ms", config.deadline.stall);
}

void read_identity(const Members& from, InputIdentity& input) {
  from.read("path", input.path);
  from.read("size", input.size);
  from.read("modified_ns", input.modified);
  from.read("device", input.device);
  from.read("inode", input.inode);
  from.read("format", input.format, format_spellings);
  std::optional<char> delimiter;
  from.read("delimiter", delimiter);
  input.delimiter = delimiter.value_or(',');
}

}  // namespace

RunRecord read_run_json(std::string_view text) {
  json::error_code error;
  json::value document = json::parse(json::string_view(text.data(), text.size()), error);
  if (error || !document.is_object()) refuse("the JSON object");
  const Members run(document.get_object(), "");
  RunRecord record;
  run.read("version", record.config.version);
  run.read("started_at", record.started_at);
  run.read_or_null("parent", record.parent);
  run.read("read_ahead_rows", record.read_ahead_rows);
  read_identity(run.at("input"), record.input);
  run.read("task", record.config.task, task_spellings);
  const Members options = run.at("options");
  read_target(options.at("target"), record.config.target);
  read_auth(options.at("auth"), record.config.auth);
  read_input(options.at("input"), record.config.input);
  read_mapping(options.at("mapping"), record.config.mapping);
  read_reconcile(options.at("reconcile"), record.config.reconcile);
  read_behaviour(options, record.config);
  const Members failures = options.at("failures");
  failures.read("rows_max", record.config.failures.rows_max);
  failures.read("percent_max", record.config.failures.percent_max);
  options.read("commit", record.config.commit, commit_spellings);
  options.read("run_directory", record.config.run_directory);
  for_each_path(record, [&](std::string_view place, std::string_view name, std::string& path) {
    if (auto bytes = path_bytes_in(*object_at(document.get_object(), place), name)) path = std::move(*bytes);
  });
  return record;
}

RunRecord read_run(const std::string& directory) {
  std::ifstream file(directory + "/run.json", std::ios::binary);
  if (!file) throw no_run_in(directory);
  return read_run_json(std::string(std::istreambuf_iterator<char>(file), {}));
}

}  // namespace amend
