#include "wonder/credentials_diagnosis.hpp"

namespace amend::wonder {
namespace {

constexpr std::uint16_t forbidden = 403;

std::string clock_text(std::chrono::seconds ahead) {
  const auto minutes = std::chrono::abs(ahead).count() / 60;
  return "this machine's clock is " + std::to_string(minutes) + " minutes " +
         (ahead.count() < 0 ? "behind" : "ahead of") +
         " the API's clock. Set the clock: the API refuses requests that are more than 30 minutes off";
}

// The host names the environment, and AppIDs and keys belong to one (src/wonder/README.md §3).
std::string environment_text(std::string_view url) {
  const auto names = [url](std::string_view host) { return url.find(host) != std::string_view::npos; };
  if (names("developer.wonder.today")) return "or --url is the documentation site, not the API";
  if (names("gateway-stg.wonder.today")) return "or the AppID and key belong to production, but --url is the sandbox";
  if (names("gateway.wonder.today")) return "or the AppID and key belong to the sandbox, but --url is production";
  return "or the AppID and key belong to another environment than --url";
}

std::string address_text(const CredentialsRefusal& refusal) {
  return std::string("the AppID accepts only listed IP addresses, and this machine's address is not one of them") +
         (refusal.ipv4_only ? "" : " (use --ipv4 if the list has IPv4 addresses)") + "; or ";
}

std::string key_text(const CredentialsRefusal& refusal) {
  if (refusal.auth == Auth::none) return "amend sends no credentials (--auth none)";
  if (refusal.auth == Auth::bearer) return "the token of --bearer-file is wrong or has expired";
  return "the AppID is wrong, or Wonder does not have the public key of --private-key for this AppID; " +
         environment_text(refusal.url);
}

}  // namespace

std::string likely_causes(const CredentialsRefusal& refusal) {
  const bool clock_is_off = refusal.clock_ahead && std::chrono::abs(*refusal.clock_ahead) > clock_window;
  if (clock_is_off && refusal.auth == Auth::wonder) return clock_text(*refusal.clock_ahead);
  return (refusal.http == forbidden ? address_text(refusal) : std::string()) + key_text(refusal);
}

std::string diagnose(const CredentialsRefusal& refusal) {
  return "the API refused the credentials (HTTP " + std::to_string(refusal.http) + ", " + std::string(refusal.code) +
         ": " + std::string(refusal.text) + "). Likely cause: " + likely_causes(refusal) +
         ". Run `amend ping` for details";
}

}  // namespace amend::wonder
