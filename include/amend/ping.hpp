// One signed echo, which changes nothing at the API: what `amend ping` sends. Layer 4.
//
// Threads. Blocks the calling thread until the response, or until the connect and response deadlines have passed.
// Errors. ConfigError for a setting; ThreadError. All that happens on the network is in Ping.
// Source. src/wonder/README.md §3.
#pragma once

#include <cstdint>
#include <string>

#include "amend/config.hpp"
#include "amend/transport/open_error.hpp"
#include "amend/worker/signer.hpp"

namespace amend {

/// What came of one signed echo.
class Ping {
 public:
  Ping() = default;

  bool ok = false;
  std::uint16_t http = 0;   ///< 0: no response
  bool by_gateway = false;  ///< the response is not the API's own
  std::string error_code;   ///< as in the log
  std::string error;
  OpenError open_error = OpenError::none;  ///< why there was no connection to send it on
  std::string request_id;
  std::string tls;          ///< "TLSv1.3, TLS_AES_256_GCM_SHA384"; empty without TLS
  std::string address;      ///< the address that was connected to
  double connect_ms = 0;    ///< TCP and TLS
  double answer_ms = 0;     ///< from sending to the response
  double clock_skew_s = 0;  ///< local clock minus the response's Date
  bool clock_known = false;
};

Ping ping(const Config& config, const Credentials& credentials);

}  // namespace amend
