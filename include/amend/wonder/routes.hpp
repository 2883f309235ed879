// Where the API's calls live. Layer 1: pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace amend::wonder {

/// PUT {base}/svc/payment/api/v1/openapi/customers/:id (api.md §1).
inline constexpr std::string_view customers_path = "/svc/payment/api/v1/openapi/customers";

/// POST, checks credentials without side effects (api.md §3); the default of TargetConfig::echo_path.
inline constexpr std::string_view echo_path = "/svc/payment/api/v1/openapi/echo";

/// Appends the request target of one customer: `path_prefix` (of --url; empty or "/gateway", no slash at its end),
/// `customers_path`, a slash, and `id` with all but unreserved characters percent-encoded (RFC 3986 §2.3), so that
/// no id can name another resource.
void append_customer_target(std::string& out, std::string_view path_prefix, std::string_view id);

/// The header lines, each ending in CRLF, that every request of this program carries beside Host and the signer's.
std::string fixed_headers(std::string_view version);

}  // namespace amend::wonder
