// How a request proves who sends it: SEAM. Layer 2. A signer belongs to one worker thread; Credentials are read once
// and shared by all of them.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "amend/config.hpp"
#include "amend/row/request.hpp"
#include "amend/wonder/request_signer.hpp"

namespace amend {

/// The seam for other ways of authentication.
class Signer {
 public:
  virtual ~Signer() = default;

  /// Appends the header lines (each ending in CRLF) that authorise `request`. Its method, target and body must be
  /// final. Call it for every attempt, at most a second before sending: nonce and time are part of it. Does not write
  /// X-Request-ID, Content-Type or Host. Throws std::runtime_error when the cryptographic library fails.
  virtual void append_headers(const Request& request, std::chrono::system_clock::time_point now,
                              std::string& headers) = 0;

  /// How many requests may be signed before the event loop must turn while answers may come: 1 when a signature costs
  /// about a millisecond. Such requests are signed ahead where they go out in lots.
  virtual std::size_t signatures_per_turn() const noexcept = 0;
};

/// The secrets of a run, loaded once. Holds nothing that may be printed. Copies share the key.
class Credentials {
 public:
  Credentials() = default;

  std::optional<wonder::PrivateKey> private_key;  ///< for Auth::wonder
  std::string bearer_token;                       ///< for Auth::bearer
  std::string secret_header_lines;                ///< of --header-file: "Name: value\r\n" each
  std::string header_lines;                       ///< of --header, the same form
};
static_assert(!std::is_aggregate_v<Credentials>);

/// Reads and checks every secret that `config` names. Throws ConfigError naming the option; no message contains a
/// secret. Headers that the tool writes itself or that change the framing are refused, and so are secrets in --header.
Credentials load_credentials(const AuthConfig& config);

/// Signs with Wonder-RSA-SHA256 (src/wonder/README.md §2). `app_id` must be a uuid, else ConfigError naming --app-id.
std::unique_ptr<Signer> make_wonder_signer(std::string app_id, const wonder::PrivateKey& key,
                                           std::string further_lines = {});

/// `Authorization: Bearer <token>` on every request.
std::unique_ptr<Signer> make_bearer_signer(std::string_view token, std::string_view further_lines = {});

/// No authentication, only the further header lines.
std::unique_ptr<Signer> make_null_signer(std::string further_lines = {});

/// The one that `config.kind` names, with all further headers. One call per worker thread.
std::unique_ptr<Signer> make_signer(const AuthConfig& config, const Credentials& credentials);

}  // namespace amend
