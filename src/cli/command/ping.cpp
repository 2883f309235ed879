#include "cli/command/ping.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <chrono>
#include <cmath>
#include <string_view>

#include "amend/wonder/secret_file.hpp"
#include "amend/worker/signer.hpp"
#include "cli/text/output.hpp"
#include "cli/text/report_line.hpp"
#include "transport/stop_cause.hpp"
#include "wonder/credentials_diagnosis.hpp"

namespace amend::cli {
namespace {

constexpr double skew_warning_s = 60;
constexpr double skew_refused_s = 30 * 60;  // the API refuses a larger difference (src/wonder/README.md §2)

std::string clock_text(const Ping& result) {
  if (!result.clock_known) return "not checked: the response has no Date header";
  const double off = std::abs(result.clock_skew_s);
  std::string text = fmt::format("{:.0f} s {} the server's", off, result.clock_skew_s < 0 ? "behind" : "ahead of");
  if (off > skew_refused_s)
    return text + ": set this machine's clock. The API refuses signatures when the clock is more than 30 minutes off";
  if (off > skew_warning_s) return text + ": warning: set this machine's clock before it is more than 30 minutes off";
  return text;
}

std::string result_text(const Ping& result) {
  if (result.ok) return fmt::format("ok, HTTP {}", result.http);
  std::string text = result.http == 0 ? "no response" : fmt::format("HTTP {}", result.http);
  if (!result.error_code.empty()) text += ", " + printable(result.error_code, 80);
  if (!result.error.empty()) text += ": " + printable(result.error);
  return text;
}

std::string cause_lines(const Ping& result, const Options& options) {
  std::string out;
  if (result.by_gateway)
    return out + line("cause?", "a proxy, a firewall or a login page responds, not the API. Check --url");
  if (result.http == 401 || result.http == 403) {
    wonder::CredentialsRefusal refusal(result.http, result.error_code, result.error);
    refusal.url = options.config.target.url;
    refusal.auth = options.config.auth.kind;
    refusal.ipv4_only = options.config.target.ipv4_only;
    if (result.clock_known) refusal.clock_ahead = std::chrono::seconds(std::lround(result.clock_skew_s));
    out += line("cause?", wonder::likely_causes(refusal));
  }
  if (result.http == 404)
    out += line("cause?", "the path of --url is wrong, or the echo call has another path (--echo-path)");
  if (const OwnCode* own = find_own_code(result.error_code); own && result.http == 0)
    out += line("cause?", own->remedy);
  return out;
}

std::string json_string(std::string_view text) { return boost::json::serialize(boost::json::string(text)); }
std::string json_string_or_null(std::string_view text) { return text.empty() ? "null" : json_string(text); }

}  // namespace

ExitCode ping_exit_code(const Ping& result) {
  if (result.ok) return ExitCode::success;
  if (result.open_error != OpenError::none) return exit_code(stop_cause_of(result.open_error));
  if (result.http == 0 || result.http == 429 || result.http >= 500) return ExitCode::stopped_resumable;
  return ExitCode::stopped_needs_operator;
}

std::string ping_text(const Ping& result, const Options& options) {
  const std::string& url = options.config.target.url;
  std::string out = fmt::format("ping {}{}\n", printable(url), printable(options.config.target.echo_path));
  if (!result.address.empty()) out += line("address", printable(result.address));
  if (!result.address.empty()) out += line("TLS", result.tls.empty() ? "none" : printable(result.tls));
  if (result.connect_ms > 0) out += line("connect", fmt::format("{:.1f} ms", result.connect_ms));
  if (result.http != 0) {
    out += line("answer", fmt::format("{:.1f} ms", result.answer_ms));
    out += line("clock", clock_text(result));
  }
  if (!result.request_id.empty()) out += line("request", printable(result.request_id));
  return out + line("result", result_text(result)) + cause_lines(result, options);
}

std::string ping_json(const Ping& result) {
  return fmt::format(
      "{{\"ok\":{},\"http\":{},\"error_code\":{},\"error\":{},\"request_id\":{},\"address\":{},\"tls\":{},"
      "\"connect_ms\":{:.1f},\"answer_ms\":{},\"clock_skew_s\":{},\"exit_code\":{}}}\n",
      result.ok, result.http == 0 ? "null" : fmt::format("{}", result.http),
      json_string_or_null(printable(result.error_code, 80)), json_string_or_null(printable(result.error)),
      json_string_or_null(printable(result.request_id)), json_string_or_null(printable(result.address)),
      json_string_or_null(printable(result.tls)), result.connect_ms,
      result.http == 0 ? "null" : fmt::format("{:.1f}", result.answer_ms),
      result.clock_known ? fmt::format("{:.0f}", result.clock_skew_s) : "null",
      static_cast<int>(ping_exit_code(result)));
}

ExitCode run_ping(const Options& options) {
  wonder::forbid_core_dumps();
  const Credentials credentials = load_credentials(options.config.auth);
  const Ping result = ping(options.config, credentials);
  if (!options.quiet || !result.ok) print_message(ping_text(result, options));
  if (options.json) print(ping_json(result));
  return ping_exit_code(result);
}

}  // namespace amend::cli
