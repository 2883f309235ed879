// Who may see the page of a run, and what is asked of it. Layer 5, pure.
//
// Whoever knows the token may. Pages of other sites that a browser shows at the same time must learn nothing: they do
// not know the token, and a name of theirs that is made to lead to this machine (DNS rebinding) is refused by its Host.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/http_endpoint.hpp"

namespace amend::cli {

enum class DashboardRequest : std::uint8_t {
  page,          ///< "/<token>/"
  no_slash,      ///< "/<token>"
  events,        ///< "/<token>/events"
  foreign_host,  ///< Host is not this machine, with this port
  not_get,
  unknown,  ///< another path: most likely another token
};

/// `port`: that is listened at. Takes as long for a token that is nearly right as for any other.
DashboardRequest read_dashboard_request(const HttpRequest& request, std::string_view token, std::uint16_t port);

/// 32 of [0-9A-Za-z], 190 bits by the system's random numbers. Throws std::runtime_error when there are none.
std::string new_dashboard_token();

}  // namespace amend::cli
