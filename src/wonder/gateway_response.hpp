// Describes a gateway response (envelope.hpp) for an operator: enough to find its sender, without customer data.
//
// Threads: any; pure. Errors: none. Bounds: see each function.
#pragma once

#include <string>
#include <string_view>

#include "row/response.hpp"

namespace amend::wonder {

/// For example "HTTP 404, not the API's own response: not JSON, text/plain, 19 bytes". Printable, at most 300 bytes.
std::string describe_gateway_response(const Response& response);

/// The first characters of a body, masked. Marks, spaces and the names of HTML's structure stay; every other letter
/// becomes x, and every digit becomes 9. Printable, at most about 60 characters.
std::string masked_start(std::string_view body);

}  // namespace amend::wonder
