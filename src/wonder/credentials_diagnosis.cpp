#include "amend/wonder/credentials_diagnosis.hpp"

#include <cstdlib>

namespace amend::wonder {
namespace {

constexpr std::uint16_t forbidden = 403;

std::string clock_text(std::chrono::seconds ahead) {
  const auto minutes = std::chrono::abs(ahead).count() / 60;
  return "this machine's clock is " + std::to_string(minutes) + " minutes " +
         (ahead.count() < 0 ? "behind" : "ahead of") + " the API's: set it, beyond 30 minutes every request is refused";
}

// api.md §3: the host names the environment, and AppIDs and keys belong to one.
std::string environment_text(std::string_view url) {
  const auto names = [url](std::string_view host) { return url.find(host) != std::string_view::npos; };
  if (names("developer.wonder.today")) return "--url is the documentation site, not the API";
  if (names("gateway-stg.wonder.today"))
    return "--url is the sandbox: the AppID and key of production do not work there";
  if (names("gateway.wonder.today")) return "--url is production: the AppID and key of the sandbox do not work there";
  return "or they belong to another environment than --url";
}

std::string key_text(const CredentialsRefusal& refusal) {
  if (refusal.auth == Auth::none) return "no credentials are sent (--auth none)";
  if (refusal.auth == Auth::bearer) return "the token of --bearer-file is wrong or has expired";
  return "the AppID is wrong or --private-key is not the key whose public half was given to Wonder for it; " +
         environment_text(refusal.url);
}

}  // namespace

std::string diagnose(const CredentialsRefusal& refusal) {
  std::string out = "the API refused the credentials (HTTP " + std::to_string(refusal.http) + ", " +
                    std::string(refusal.code) + ": " + std::string(refusal.text) + "). Likely: ";
  const bool clock_is_off = refusal.clock_ahead && std::chrono::abs(*refusal.clock_ahead) > clock_window;
  if (clock_is_off && refusal.auth == Auth::wonder) return out + clock_text(*refusal.clock_ahead);
  if (refusal.http == forbidden)
    out +=
        "the AppID is restricted to other IP addresses than this machine's (--ipv4 when it is bound to an IPv4 "
        "address); or ";
  return out + key_text(refusal) + "; `amend ping` tells more";
}

}  // namespace amend::wonder
