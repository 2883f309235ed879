// Decides which requests may see the page of a run. Pure. Layer 5.
//
// Everyone who knows the token may see it. Pages of other sites in the same browser must learn nothing: they do not
// know the token. A name of theirs that leads to this machine (DNS rebinding) is refused by its Host.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/monitor/http_endpoint.hpp"

namespace amend::cli {

enum class DashboardRequest : std::uint8_t {
  page,          ///< "/<token>/"
  no_slash,      ///< "/<token>"
  events,        ///< "/<token>/events"
  foreign_host,  ///< Host is not this machine with this port
  not_get,
  unknown,  ///< another path, probably another token
};

/// `port` is the port of the endpoint. An almost correct token takes as long as any other.
DashboardRequest read_dashboard_request(const HttpRequest& request, std::string_view token, std::uint16_t port);

/// 32 characters of [0-9A-Za-z]: 190 bits of the system's random numbers. Throws std::runtime_error when the system has
/// none.
std::string new_dashboard_token();

}  // namespace amend::cli
