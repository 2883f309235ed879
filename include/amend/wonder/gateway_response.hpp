// What an operator needs to know of a gateway response (envelope.hpp): enough to find out who sent it, and nothing that
// may be about a customer.
//
// Threads: pure. Errors: none. Bounds: as said at each function.
#pragma once

#include <string>
#include <string_view>

#include "amend/row/response.hpp"

namespace amend::wonder {

/// "HTTP 404, not the API's own response: not JSON, text/plain, 19 bytes". Printable, at most 300 bytes.
std::string describe_gateway_response(const Response& response);

/// The first characters of a body, masked: marks, spaces and the names of HTML's structure stay, every other letter is
/// shown as x and every digit as 9. Printable, about 60 characters at most.
std::string masked_start(std::string_view body);

}  // namespace amend::wonder
