#include "row/config_rules.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include "amend/error.hpp"
#include "amend/row/uuid.hpp"

namespace amend {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

std::string refuse_if(bool broken, std::string_view text) { return broken ? std::string(text) : std::string(); }

std::string between(std::string_view option, std::uint64_t value, std::uint64_t least, std::uint64_t most) {
  if (value >= least && value <= most) return {};
  return std::string(option) + " must be between " + std::to_string(least) + " and " + std::to_string(most) + ", got " +
         std::to_string(value);
}

// As an option takes it: "5m".
std::string option_value(milliseconds duration) {
  const auto ms = duration.count();
  if (ms != 0 && ms % 3'600'000 == 0) return std::to_string(ms / 3'600'000) + "h";
  if (ms != 0 && ms % 60'000 == 0) return std::to_string(ms / 60'000) + "m";
  if (ms != 0 && ms % 1'000 == 0) return std::to_string(ms / 1'000) + "s";
  return std::to_string(ms) + "ms";
}

std::string between(std::string_view option, milliseconds value, milliseconds least, milliseconds most) {
  if (value >= least && value <= most) return {};
  return std::string(option) + " must be between " + option_value(least) + " and " + option_value(most) + ", got " +
         option_value(value);
}

// An error message that repeats the key would publish it, so the value is never shown.
std::string secret_text(std::string_view option, std::string_view file) {
  if (file.find("-----BEGIN") == std::string_view::npos && file.find('\n') == std::string_view::npos) return {};
  const std::string_view way_out =
      option == "--private-key"
          ? ". To use no file, put the text of the key into the environment variable WONDER_PRIVATE_KEY"
          : "";
  return std::string(option) + " needs a file name, not the secret itself: other users can read the command line" +
         std::string(way_out);
}

std::string bad_app_id(const Config& config) {
  const AuthConfig& auth = config.auth;
  if (auth.kind != Auth::wonder) return {};
  if (auth.app_id.empty())
    return "--app-id is missing, and WONDER_APP_ID is not set. The AppID is the uuid that Wonder gave you";
  if (is_uuid(auth.app_id)) return {};
  return "--app-id must be a uuid (8-4-4-4-12 hexadecimal digits), got \"" + printable(auth.app_id, 60) + "\"";
}

bool is_path(std::string_view text) noexcept {
  return text.starts_with('/') &&
         std::ranges::none_of(text, [](unsigned char c) { return c <= 0x20 || c >= 0x7F || c == '#'; });
}

bool is_delimiter(unsigned char c) noexcept { return c != '"' && c != '\r' && c != '\n' && c != 0 && c < 0x80; }

template <class Value>
std::string bad_pair(std::string_view option, const std::vector<std::pair<std::string, Value>>& pairs) {
  std::set<std::string> seen;
  for (const auto& [field, value] : pairs) {
    if (field.empty()) return std::string(option) + " needs a field name before the '='";
    if (!seen.insert(field).second)
      return std::string(option) + " names the field \"" + printable(field, 60) + "\" twice";
  }
  return {};
}

bool is_rate(std::chrono::nanoseconds interval) noexcept {
  return interval == 0ns || (interval >= 1us && interval <= 1min);
}

std::string too_many_workers(const Config& config) {
  const LoadConfig& load = config.load;
  if (load.workers <= load.connections) return {};
  return "--workers must not be more than --connections (" + std::to_string(load.connections) +
         "), because each worker needs at least one connection. The value of --workers is " +
         std::to_string(load.workers);
}

using C = const Config&;
using enum ConfigRule::Topic;

constexpr ConfigRule rules[] = {
    {api,
     [](C c) {
       return refuse_if(c.target.url.empty(),
                        "--url is missing, and AMEND_URL is not set. The sandbox is https://gateway-stg.wonder.today, "
                        "production is https://gateway.wonder.today");
     }},
    {api, [](C c) { return secret_text("--ca-file", c.target.ca_file); }},
    {api, [](C c) { return secret_text("--client-cert", c.target.client_cert); }},
    {api, [](C c) { return secret_text("--client-key", c.target.client_key); }},
    {api,
     [](C c) {
       return refuse_if(!c.target.client_cert.empty() && c.target.client_key.empty(),
                        "--client-cert needs --client-key");
     }},
    {api,
     [](C c) {
       return refuse_if(!c.target.client_key.empty() && c.target.client_cert.empty(),
                        "--client-key needs --client-cert");
     }},
    {api,
     [](C c) {
       return refuse_if(!is_path(c.target.echo_path),
                        "--echo-path must be a path that begins with '/' and contains no spaces and no '#'");
     }},
    {api, [](C c) { return secret_text("--private-key", c.auth.private_key_file); }},
    {api, [](C c) { return secret_text("--bearer-file", c.auth.bearer_file); }},
    {api, [](C c) { return secret_text("--header-file", c.auth.header_file); }},
    {api, bad_app_id},
    {api,
     [](C c) {
       return refuse_if(c.auth.kind == Auth::bearer && c.auth.bearer_file.empty(), "--auth bearer needs --bearer-file");
     }},

    {input,
     [](C c) {
       return refuse_if(!is_delimiter(static_cast<unsigned char>(c.input.delimiter.value_or(','))),
                        "--delimiter must be one ASCII character, but not a quote or a line break");
     }},
    {input, [](C c) { return between("row_bytes_max", c.input.row_bytes_max, 1'024, 64 << 20); }},
    {input, [](C c) { return between("columns_max", c.input.columns_max, 1, 1'000'000); }},
    {input, [](C c) { return bad_pair("--map", c.mapping.columns); }},
    {input, [](C c) { return bad_pair("--blank", c.mapping.blanks); }},

    {load,
     [](C c) {
       return refuse_if(!is_rate(c.load.rate.interval), "--rate must be between 1/m and 1000000/s, or unlimited");
     }},
    {load, [](C c) { return between("--burst", c.load.burst, 1, 10'000); }},
    {load, [](C c) { return between("--connections", c.load.connections, 1, 256); }},
    {load, [](C c) { return between("--pipeline", c.load.pipeline, 1, 256); }},
    {load, [](C c) { return between("--workers", c.load.workers, 0, 256); }},
    {load, too_many_workers},

    {run, [](C c) { return between("--max-attempts", c.retry.attempts_max, 1, 100); }},
    {run, [](C c) { return between("backoff_first", c.retry.backoff_first, 1ms, 1h); }},
    {run, [](C c) { return between("backoff_max", c.retry.backoff_max, c.retry.backoff_first, 1h); }},
    {run, [](C c) { return between("retry_after_max", c.retry.retry_after_max, 0ms, 24h); }},
    {run, [](C c) { return between("--connect-timeout", c.deadline.connect, 1ms, 5min); }},
    {run, [](C c) { return between("--timeout", c.deadline.response, 1ms, 1h); }},
    {run, [](C c) { return between("--row-timeout", c.deadline.row, 1ms, 168h); }},
    {run, [](C c) { return between("first_connect", c.deadline.first_connect, 1ms, 1h); }},
    {run, [](C c) { return between("--outage-limit", c.deadline.outage, 1ms, 168h); }},
    {run, [](C c) { return between("--grace", c.deadline.grace, 0ms, 1h); }},
    {run, [](C c) { return between("--deadline", c.deadline.run, 0ms, 168h); }},
    {run, [](C c) { return between("--stall", c.deadline.stall, 0ms, 168h); }},
    {run,
     [](C c) {
       return refuse_if(c.deadline.run_until.value_or(0) >= 24 * 60,
                        "--deadline must be a time of day from 00:00 to 23:59");
     }},
    {run,
     [](C c) {
       return refuse_if(c.reconcile.show_missing && c.reconcile.look_up == LookUp::each,
                        "--show-missing needs the list of all customers, and --look-up each does not read that list. "
                        "Remove one of the two options");
     }},
    {run,
     [](C c) {
       return refuse_if(c.does().has_plan && c.input.duplicates == Duplicates::order,
                        "--duplicates order is only for updates. Use last, first or reject");
     }},
    {run,
     [](C c) {
       return refuse_if(
           c.does().compares_file && c.reconcile.recheck == Recheck::yes && !c.reconcile.apply,
           "--recheck needs --apply: --recheck reads each customer again before amend changes the customer");
     }},
    {run, [](C c) { return refuse_if(c.reconcile.sample_ppm > 1'000'000, "--sample must be at most 100%"); }},
    {run, [](C c) { return refuse_if(c.failures.percent_max > 100, "--max-failures must be between 1% and 100%"); }},
};

}  // namespace

std::span<const ConfigRule> config_rules() noexcept { return rules; }

}  // namespace amend
