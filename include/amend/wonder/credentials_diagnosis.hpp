// Why the API refuses the credentials, as far as an answer tells: what a person needs who is called out of bed. Layer
// 1, pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "amend/config.hpp"

namespace amend::wonder {

/// A request whose time is further off is refused (src/wonder/README.md §2, "Clock window").
inline constexpr std::chrono::minutes clock_window{30};

/// One answer 401 or 403, and who asked. Views into the caller's memory.
class CredentialsRefusal {
 public:
  CredentialsRefusal(std::uint16_t http_, std::string_view code_, std::string_view text_) noexcept
      : http(http_), code(code_), text(text_) {}

  std::uint16_t http;
  std::string_view code;  ///< as in the log: the API's own, or "http.401"
  std::string_view text;  ///< printable
  std::string_view url;   ///< of --url
  Auth auth = Auth::wonder;
  bool ipv4_only = false;                           ///< --ipv4 was given
  std::optional<std::chrono::seconds> clock_ahead;  ///< this machine's clock less the answer's Date
};

/// The likely causes, the likeliest first: the clock when it is off by more than the window; an AppID bound to IP
/// addresses (403); AppID and key that do not belong together, or to the other environment of --url.
std::string likely_causes(const CredentialsRefusal& refusal);

/// What the API said, and those.
std::string diagnose(const CredentialsRefusal& refusal);

}  // namespace amend::wonder
