#include "amend/config.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>

#include "amend/error.hpp"

namespace amend {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

void between(std::string_view option, std::uint64_t value, std::uint64_t least, std::uint64_t most) {
  if (value >= least && value <= most) return;
  throw ConfigError(std::string(option) + " must be between " + std::to_string(least) + " and " + std::to_string(most) +
                    ", got " + std::to_string(value));
}

std::string show(milliseconds duration) {
  const auto ms = duration.count();
  if (ms != 0 && ms % 3'600'000 == 0) return std::to_string(ms / 3'600'000) + "h";
  if (ms != 0 && ms % 60'000 == 0) return std::to_string(ms / 60'000) + "m";
  if (ms != 0 && ms % 1'000 == 0) return std::to_string(ms / 1'000) + "s";
  return std::to_string(ms) + "ms";
}

void between(std::string_view option, milliseconds value, milliseconds least, milliseconds most) {
  if (value >= least && value <= most) return;
  throw ConfigError(std::string(option) + " must be between " + show(least) + " and " + show(most) + ", got " +
                    show(value));
}

// Whoever passes the key itself must not find it again in our error message, so the value is never repeated.
void refuse_secret_text(std::string_view option, std::string_view file) {
  if (file.find("-----BEGIN") == std::string_view::npos && file.find('\n') == std::string_view::npos) return;
  const std::string way_out =
      option == "--private-key"
          ? ". To use no file, put the text of the key into the environment variable WONDER_PRIVATE_KEY"
          : "";
  throw ConfigError(std::string(option) + " needs a file name, not the secret itself: other users can read the " +
                    "command line" + way_out);
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0) return false;
  }
  return true;
}

void check_target(const TargetConfig& target) {
  if (target.url.empty()) {
    throw ConfigError(
        "--url is missing, and AMEND_URL is not set. The sandbox is https://gateway-stg.wonder.today, production is "
        "https://gateway.wonder.today");
  }
  refuse_secret_text("--ca-file", target.ca_file);
  refuse_secret_text("--client-cert", target.client_cert);
  refuse_secret_text("--client-key", target.client_key);
  if (!target.client_cert.empty() && target.client_key.empty()) {
    throw ConfigError("--client-cert needs --client-key");
  }
  if (!target.client_key.empty() && target.client_cert.empty()) {
    throw ConfigError("--client-key needs --client-cert");
  }
  if (!target.echo_path.starts_with('/') ||
      std::ranges::any_of(target.echo_path, [](unsigned char c) { return c <= 0x20 || c >= 0x7F || c == '#'; })) {
    throw ConfigError("--echo-path must be a path that begins with '/' and contains no spaces and no '#'");
  }
}

void check_auth(const AuthConfig& auth) {
  refuse_secret_text("--private-key", auth.private_key_file);
  refuse_secret_text("--bearer-file", auth.bearer_file);
  refuse_secret_text("--header-file", auth.header_file);
  if (auth.kind == Auth::wonder) {
    if (auth.app_id.empty()) {
      throw ConfigError(
          "--app-id is missing, and WONDER_APP_ID is not set. The AppID is the uuid that Wonder gave you");
    }
    if (!is_uuid(auth.app_id)) {
      throw ConfigError("--app-id must be a uuid (8-4-4-4-12 hexadecimal digits), got \"" + printable(auth.app_id, 60) +
                        "\"");
    }
  }
  if (auth.kind == Auth::bearer && auth.bearer_file.empty()) {
    throw ConfigError("--auth bearer needs --bearer-file");
  }
}

void check_input(const InputConfig& input) {
  const auto c = static_cast<unsigned char>(input.delimiter.value_or(','));
  if (c == '"' || c == '\r' || c == '\n' || c == 0 || c >= 0x80) {
    throw ConfigError("--delimiter must be one ASCII character, but not a quote or a line break");
  }
  between("row_bytes_max", input.row_bytes_max, 1'024, 64 << 20);
  between("columns_max", input.columns_max, 1, 1'000'000);
}

template <class Value>
void check_pairs(std::string_view option, const std::vector<std::pair<std::string, Value>>& pairs) {
  std::set<std::string> seen;
  for (const auto& [field, value] : pairs) {
    if (field.empty()) throw ConfigError(std::string(option) + " needs a field name before the '='");
    if (!seen.insert(field).second) {
      throw ConfigError(std::string(option) + " names the field \"" + printable(field, 60) + "\" twice");
    }
  }
}

void check_retry(const RetryConfig& retry) {
  between("--max-attempts", retry.attempts_max, 1, 100);
  between("backoff_first", retry.backoff_first, 1ms, 1h);
  between("backoff_max", retry.backoff_max, retry.backoff_first, 1h);
  between("retry_after_max", retry.retry_after_max, 0ms, 24h);
}

void check_deadlines(const DeadlineConfig& deadline) {
  between("--connect-timeout", deadline.connect, 1ms, 5min);
  between("--timeout", deadline.answer, 1ms, 1h);
  between("--row-timeout", deadline.row, 1ms, 168h);
  between("first_connect", deadline.first_connect, 1ms, 1h);
  between("--outage-limit", deadline.outage, 1ms, 168h);
  between("--grace", deadline.grace, 0ms, 1h);
  between("--deadline", deadline.run, 0ms, 168h);
  between("--stall", deadline.stall, 0ms, 168h);
  if (deadline.run_until && *deadline.run_until >= 24 * 60)
    throw ConfigError("--deadline must be a time of day from 00:00 to 23:59");
}

}  // namespace

void validate(const Config& config) {
  check_target(config.target);
  check_auth(config.auth);
  validate_input(config);
  check_retry(config.retry);
  check_deadlines(config.deadline);
  if (config.reconcile.show_missing && config.reconcile.look_up == LookUp::each)
    throw ConfigError(
        "--show-missing needs the list of all customers, and --look-up each does not read that list. Remove one of the "
        "two options");
  if (config.task != Task::update && config.input.duplicates == Duplicates::order)
    throw ConfigError("--duplicates order is only for updates. Use last, first or reject");
  if (config.task == Task::reconcile && config.reconcile.recheck == Recheck::yes && !config.reconcile.apply)
    throw ConfigError("--recheck needs --apply: --recheck reads each customer again before amend changes the customer");
  if (config.reconcile.sample_ppm > 1'000'000) throw ConfigError("--sample must be at most 100%");
  if (config.failures.percent_max > 100) throw ConfigError("--max-failures must be between 1% and 100%");
}

void validate_pace(const PaceConfig& pace) {
  const auto interval = pace.rate.interval.count();
  if (interval != 0 && (interval < 1'000 || interval > 60'000'000'000)) {
    throw ConfigError("--rate must be between 1/m and 1000000/s, or unlimited");
  }
  between("--burst", pace.burst, 1, 10'000);
  between("--connections", pace.connections, 1, 256);
  between("--pipeline", pace.pipeline, 1, 256);
  between("--workers", pace.workers, 0, 256);
  if (pace.workers > pace.connections) {
    throw ConfigError("--workers must not be more than --connections (" + std::to_string(pace.connections) +
                      "), because each worker needs at least one connection. The value of --workers is " +
                      std::to_string(pace.workers));
  }
}

void validate_input(const Config& config) {
  check_input(config.input);
  check_pairs("--map", config.mapping.columns);
  check_pairs("--blank", config.mapping.blanks);
  validate_pace(config.pace);
}

}  // namespace amend
