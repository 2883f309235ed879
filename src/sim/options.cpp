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

// Collects the fault switches, which become one FaultPlan when all are known.
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
  app.add_option("--address", o.server.address, "Listen on this address")->capture_default_str();
  app.add_option("--port", o.server.port, "Listen on this port; 0: choose a free port and print it at the start")
      ->capture_default_str();
  app.add_option("--cert", o.certificate, "PEM file with the certificate chain");
  app.add_option("--key", o.key, "PEM file with the key of the certificate");
  app.add_option("--client-ca", o.client_ca, "Clients must present a certificate of this authority (PEM file)");
  app.add_flag("--plain", o.plain, "Use HTTP without TLS");
  add_value(
      app, "--max-runtime",
      [&o](const std::string& text) {
        o.server.max_runtime = std::chrono::duration_cast<std::chrono::milliseconds>(parse_duration(text));
      },
      "TIME", "Stop after this time (default 1h)");
  app.add_flag("--die-with-parent", o.die_with_parent, "Stop when the process that started wonder-sim ends");
  app.add_option("--seed", o.seed, "CSV or NDJSON file with the customers that exist at the start")->type_name("FILE");
  app.add_option("--dump-state", o.server.dump_state, "Write all customers as NDJSON, at the end and on SIGUSR1")
      ->type_name("FILE");
  app.add_option("--request-log", o.server.request_log, "Write one NDJSON line per request")->type_name("FILE");
}

void add_api_options(CLI::App& app, Options& o) {
  app.add_flag("--accept-any-id", o.service.api.accept_any_id, "A PUT to an unknown uuid creates the customer");
  app.add_option("--card-error-suffix", o.service.api.card_error_suffix,
                 "A payment token that ends with HEX gets error_code E0CARD in a 200 response")
      ->type_name("HEX");
  app.add_option("--public-key", o.public_key, "Check signatures with this PEM key (needs --app-id)")
      ->type_name("FILE");
  app.add_option("--app-id", o.app_id, "Require this AppID in the Credential header (needs --public-key)")
      ->type_name("UUID");
  add_value(
      app, "--clock-offset",
      [&o](const std::string& text) {
        const bool behind = text.starts_with('-');
        const auto offset =
            std::chrono::duration_cast<std::chrono::seconds>(parse_duration(text.substr(behind ? 1 : 0)));
        o.service.clock_offset = behind ? -offset : offset;
      },
      "TIME", "Set the server's clock ahead by TIME; --clock-offset=-31m: set it 31 min behind");
}

void add_response_faults(CLI::App& app, Options& o, FaultOptions& f) {
  app.add_option("--fault-seed", f.seed, "Seed of the faults: the same seed and order of requests give the same faults")
      ->capture_default_str();
  add_duration(app, "--latency", f.latency, "Delay each response; the order stays the same");
  add_duration(app, "--jitter", f.jitter, "Add a random delay between 0 and TIME");
  add_value(
      app, "--stall", [&o](const std::string& text) { o.service.stall = parse_stall(text); }, "TIME/PERIOD",
      "Send no response in the last TIME of each PERIOD; 1s/10s: in the last 1 s of every 10 s");
  add_value(
      app, "--error-share", [&f](const std::string& text) { f.shares.statuses.push_back(parse_status_share(text)); },
      "STATUS:SHARE", "Respond with STATUS to this share of requests, without applying them; repeatable");
  add_value(
      app, "--retry-after", [&o](const std::string& text) { o.service.retry_after = parse_retry_after(text); },
      "none|TIME|date|date:TIME|raw:TEXT",
      "Send Retry-After with 429 and 503 (default: only with 429 of --rate-limit; the value is the time until the rate "
      "window ends)");
  app.add_option("--auth-fail-after", o.service.auth_fail_after, "Respond with 401 from the N-th request on")
      ->type_name("N");
  add_value(
      app, "--unavailable", [&o](const std::string& text) { o.service.unavailable.push_back(parse_outage(text)); },
      "FROM..TO", "Respond with 503 between these times after the first request; repeatable");
  add_share(app, "--bad-json-share", f.shares.bad_json, "Apply the update, but respond with half a JSON document");
  add_share(app, "--html-share", f.shares.html, "Apply the update, but respond with an HTML page");
  add_share(app, "--wrong-uuid-share", f.shares.wrong_uuid, "Apply the update, but respond with another uuid");
  add_share(app, "--interim-share", f.shares.interim, "Send a 103 before the response");
  add_share(app, "--extra-answer-share", f.shares.extra_response, "Send the response twice");
}

void add_limits(CLI::App& app, Options& o) {
  add_value(
      app, "--rate-limit", [&o](const std::string& text) { o.service.quota = parse_quota(text); }, "N/s|N/m|N/TIME",
      "Respond with 429 above this rate; each response has RateLimit fields");
  add_value(
      app, "--rate-fields", [&o](const std::string& text) { o.service.rate_fields = parse_rate_fields(text); },
      "ietf|legacy|x|none",
      "Fields of --rate-limit. ietf (default): RateLimit and RateLimit-Policy; legacy: RateLimit-Limit, ...; "
      "x: X-RateLimit-Limit, ...; none: no fields");
  add_value(
      app, "--hidden-limit", [&o](const std::string& text) { o.service.hidden_limit.add(parse_hidden_rate(text)); },
      "N/s[,BURST][@TIME]",
      "Respond with 429 above this rate, without any rate hint; @TIME: from this time after the first request; "
      "repeatable");
  add_value(
      app, "--capacity", [&o](const std::string& text) { o.service.capacity = parse_capacity(text); }, "N:TIME[:M]",
      "Process N requests at once, TIME for each; at most M others wait, further requests get 503");
}

void add_connection_faults(CLI::App& app, Options& o, FaultOptions& f) {
  app.add_option("--close-after", o.service.close_after,
                 "Send Connection: close with the N-th response of a connection, then close it")
      ->type_name("N");
  app.add_option("--close-after-silently", o.service.close_after_silently,
                 "Close a connection after its N-th response, without sending Connection: close")
      ->type_name("N");
  add_share(app, "--reset-share", f.shares.reset,
            "Reset the connection instead of a response; half of these updates are applied");
  add_share(app, "--hang-share", f.shares.hang, "Never respond to this share of requests; half of them are applied");
  add_share(app, "--truncate-share", f.shares.truncate,
            "Apply the update, but cut the body of the response and close the connection");
  add_share(app, "--reject-pipelined-share", f.shares.reject_pipelined,
            "Respond with 400 and Connection: close to a valid pipelined request, without applying it");
  app.add_flag("--slow-bytes{1}", o.server.slow_bytes,
               "Send each response in pieces of 1 byte (or N: --slow-bytes=N), one piece per ms");
  add_value(
      app, "--outage", [&o](const std::string& text) { o.server.outages.push_back(parse_outage(text)); }, "FROM..TO",
      "Close and refuse connections between these times after the start; repeatable");
}

void check(const Options& o, const FaultOptions& f) {
  if (f.shares.sum() > 1) throw CLI::ValidationError("shares", "the sum of all shares must be at most 1");
  if (!o.plain && (o.certificate.empty() || o.key.empty())) {
    throw CLI::ValidationError("--cert, --key", "use both, or use --plain");
  }
  if (o.public_key.empty() != o.app_id.empty()) {
    throw CLI::ValidationError("--public-key, --app-id", "use both or none");
  }
}

}  // namespace

std::optional<Options> parse_options(int argc, char** argv, int& exit_code) {
  CLI::App app("wonder-sim: a local server that behaves like Wonder's customers API, for trials, tests and benchmarks");
  Options options;
  FaultOptions faults;
  add_server_options(app, options);
  add_api_options(app, options);
  add_response_faults(app, options, faults);
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
