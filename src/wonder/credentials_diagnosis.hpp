// Explains why the API refuses the credentials, as far as a response shows it. It is written for an operator on call.
// Pure. Layer 1.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "amend/config.hpp"

namespace amend::wonder {

/// The API refuses a request whose time differs by more (src/wonder/README.md §2, "Clock window").
inline constexpr std::chrono::minutes clock_window{30};

/// One response 401 or 403, and the settings of its request.
///
/// Lifetime: views into the caller's memory.
class CredentialsRefusal {
 public:
  CredentialsRefusal(std::uint16_t http_, std::string_view code_, std::string_view text_) noexcept
      : http(http_), code(code_), text(text_) {}

  std::uint16_t http;
  std::string_view code;  ///< as in the log: the API's own, or "http.401"
  std::string_view text;  ///< printable
  std::string_view url;   ///< the value of --url
  Auth auth = Auth::wonder;
  bool ipv4_only = false;                           ///< --ipv4 was given
  std::optional<std::chrono::seconds> clock_ahead;  ///< this machine's clock minus the response's Date
};

/// The likely causes, the most likely first. The clock, when it differs by more than the window. An AppID that is bound
/// to IP addresses (403). An AppID and a key that do not belong together, or that belong to the other environment of
/// --url.
std::string likely_causes(const CredentialsRefusal& refusal);

/// The API's text and the likely causes.
std::string diagnose(const CredentialsRefusal& refusal);

}  // namespace amend::wonder
