#include "options.hpp"

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "option_values.hpp"

namespace amend::sim {
namespace {

// Fault switches are collected here and become one FaultPlan when all are known.
class FaultOptions {
 public:
  FaultOptions() = default;
  std::uint64_t seed = 1;
  Shares shares;
  std::chrono::nanoseconds latency{0};
  std::chrono::nanoseconds jitter{0};
};

using Take = std::function<void(const std::string&)>;

CLI::Option* add_value(CLI::App& app, const std::string& name, const Take& take, const std::string& form,
                       const std::string& help) {
  const auto each = [take, name](const std::string& text) {
    try {
      take(text);
    } catch (const std::invalid_argument& error) {
      throw CLI::ValidationError(name, error.what());
    }
  };
  return app
      .add_option_function<std::vector<std::string>>(
          name,
          [each](const std::vector<std::string>& texts) {
            for (const auto& text : texts) each(text);
          },
          help)
      ->type_name(form)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void add_share(CLI::App& app, const std::string& name, double& share, const std::string& help) {
  add_value(
      app, name, [&share](const std::string& text) { share = parse_share(text); }, "SHARE", help);
}

void add_duration(CLI::App& app, const std::string& name, std::chrono::nanoseconds& duration, const std::string& help) {
  add_value(
      app, name, [&duration](const std::string& text) { duration = parse_duration(text); }, "TIME", help);
}

void add_server_options(CLI::App& app, Options& o) {
  app.add_option("--address", o.server.address, "Address to listen on")->capture_default_str();
  app.add_option("--port", o.server.port, "Port; 0: any free one, see the line printed")->capture_default_str();
  app.add_option("--cert", o.certificate, "PEM certificate chain");
  app.add_option("--key", o.key, "PEM key of the certificate");
  app.add_option("--client-ca", o.client_ca, "Clients must show a certificate of this authority");
  app.add_flag("--plain", o.plain, "http instead of https");
  add_value(
      app, "--max-runtime",
      [&o](const std::string& text) {
        o.server.max_runtime = std::chrono::duration_cast<std::chrono::milliseconds>(parse_duration(text));
      },
      "TIME", "End after so long (default 1h)");
  app.add_flag("--die-with-parent", o.die_with_parent, "End as by SIGTERM when the starting process ends");
  app.add_option("--seed", o.seed, "CSV or NDJSON file of the customers that exist")->type_name("FILE");
  app.add_option("--dump-state", o.server.dump_state, "At exit and on SIGUSR1: all customers as NDJSON")
      ->type_name("FILE");
  app.add_option("--request-log", o.server.request_log, "One NDJSON line a request")->type_name("FILE");
}

void add_api_options(CLI::App& app, Options& o) {
  app.add_flag("--accept-any-id", o.service.api.accept_any_id, "A PUT to an unknown uuid creates the customer");
  app.add_option("--card-error-suffix", o.service.api.card_error_suffix,
                 "Tokens that end so bind with error_code E0CARD inside a 200")
      ->type_name("HEX");
  app.add_option("--public-key", o.public_key, "PEM; verify signatures (needs --app-id)")->type_name("FILE");
  app.add_option("--app-id", o.app_id, "The AppID that Credential must name")->type_name("UUID");
  add_value(
      app, "--clock-offset",
      [&o](const std::string& text) {
        const bool behind = text.starts_with('-');
        const auto offset =
            std::chrono::duration_cast<std::chrono::seconds>(parse_duration(text.substr(behind ? 1 : 0)));
        o.service.clock_offset = behind ? -offset : offset;
      },
      "TIME", "The server's clock is so far ahead (or behind: --clock-offset=-31m)");
}

void add_answer_faults(CLI::App& app, Options& o, FaultOptions& f) {
  app.add_option("--fault-seed", f.seed, "The same seed and order of requests give the same faults")
      ->capture_default_str();
  add_duration(app, "--latency", f.latency, "Delay every answer; the order is kept");
  add_duration(app, "--jitter", f.jitter, "A further delay, uniform between 0 and this");
  add_value(
      app, "--stall", [&o](const std::string& text) { o.service.stall = parse_stall(text); }, "TIME/TIME",
      "Stand still for the first time at the end of each second one, such as 1s/10s: no answer leaves");
  add_value(
      app, "--error-share", [&f](const std::string& text) { f.shares.statuses.push_back(parse_status_share(text)); },
      "STATUS:SHARE", "Answer so many requests with this status, not applied; repeatable");
  add_value(
      app, "--retry-after", [&o](const std::string& text) { o.service.retry_after = parse_retry_after(text); },
      "none|TIME|date|date:TIME|raw:TEXT",
      "Retry-After on 429 and 503 (default: only on a 429 of --rate-limit, when its window ends)");
  app.add_option("--auth-fail-after", o.service.auth_fail_after, "401 from the N-th request on")->type_name("N");
  add_value(
      app, "--unavailable", [&o](const std::string& text) { o.service.unavailable.push_back(parse_outage(text)); },
      "FROM..TO", "503 to every request between these times after the first one; repeatable");
  add_share(app, "--bad-json-share", f.shares.bad_json, "200 with half a JSON document; applied");
  add_share(app, "--html-share", f.shares.html, "200 with an HTML page; applied");
  add_share(app, "--wrong-uuid-share", f.shares.wrong_uuid, "200 that shows another uuid; applied");
  add_share(app, "--interim-share", f.shares.interim, "103 before the answer");
  add_share(app, "--extra-answer-share", f.shares.extra_answer, "The answer twice");
}

void add_limits(CLI::App& app, Options& o) {
  add_value(
      app, "--rate-limit", [&o](const std::string& text) { o.service.quota = parse_quota(text); }, "N/s|N/m|N/TIME",
      "429 beyond it; RateLimit fields on every answer");
  add_value(
      app, "--rate-fields", [&o](const std::string& text) { o.service.rate_fields = parse_rate_fields(text); },
      "ietf|legacy|x|none",
      "How --rate-limit tells of itself: RateLimit and RateLimit-Policy (default), RateLimit-Limit and so on, "
      "X-RateLimit-Limit and so on, not at all");
  add_value(
      app, "--hidden-limit", [&o](const std::string& text) { o.service.hidden_limit.add(parse_hidden_rate(text)); },
      "N/s[,BURST][@TIME]",
      "429 beyond it, without Retry-After and without a word of the limit; @TIME: from then on, after the first "
      "request; repeatable");
  add_value(
      app, "--capacity", [&o](const std::string& text) { o.service.capacity = parse_capacity(text); }, "N:TIME[:M]",
      "Work on N requests at once, each takes TIME; others wait, at most M of them: 503 beyond that");
}

void add_connection_faults(CLI::App& app, Options& o, FaultOptions& f) {
  app.add_option("--close-after", o.service.close_after, "Connection: close on a connection's N-th answer, then FIN")
      ->type_name("N");
  app.add_option("--close-after-silently", o.service.close_after_silently, "FIN after the N-th answer, not announced")
      ->type_name("N");
  add_share(app, "--reset-share", f.shares.reset, "RST instead of an answer; half before, half after applying");
  add_share(app, "--hang-share", f.shares.hang, "Never answer; half before, half after applying");
  add_share(app, "--truncate-share", f.shares.truncate, "Cut the answer's body, then FIN; applied");
  add_share(app, "--reject-pipelined-share", f.shares.reject_pipelined,
            "400 and Connection: close to a valid pipelined request, not applied");
  app.add_flag("--slow-bytes{1}", o.server.slow_bytes,
               "Answers leave byte by byte, or --slow-bytes=N at a time, each ms");
  add_value(
      app, "--outage", [&o](const std::string& text) { o.server.outages.push_back(parse_outage(text)); }, "FROM..TO",
      "Connections closed and refused between these times after readiness; repeatable");
}

void check(const Options& o, const FaultOptions& f) {
  if (f.shares.sum() > 1) throw CLI::ValidationError("shares", "together they are more than 1");
  if (!o.plain && (o.certificate.empty() || o.key.empty())) {
    throw CLI::ValidationError("--cert, --key", "both are needed, or --plain");
  }
  if (o.public_key.empty() != o.app_id.empty()) {
    throw CLI::ValidationError("--public-key, --app-id", "one needs the other");
  }
}

}  // namespace

std::optional<Options> parse_options(int argc, char** argv, int& exit_code) {
  CLI::App app("wonder-sim: Wonder's customers API as a local server, for trying, testing and measuring");
  Options options;
  FaultOptions faults;
  add_server_options(app, options);
  add_api_options(app, options);
  add_answer_faults(app, options, faults);
  add_limits(app, options);
  add_connection_faults(app, options, faults);
  try {
    app.parse(argc, argv);
    check(options, faults);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? 0 : 2;
    return std::nullopt;
  }
  options.service.faults = FaultPlan(faults.seed, std::move(faults.shares), faults.latency, faults.jitter);
  options.service.hash_bodies = !options.server.request_log.empty();
  return options;
}

}  // namespace amend::sim
