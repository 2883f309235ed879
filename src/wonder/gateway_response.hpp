// What a person needs to know of a gateway response: enough to find out who sent it, and nothing that may be about a
// customer. Layer 1, pure.
#pragma once

#include <string>
#include <string_view>

#include "amend/row/response.hpp"
#include "answer_reader.hpp"

namespace amend::wonder {

/// "not JSON, text/html, 149 bytes". `reader` has read the body.
std::string describe_body(const Response& response, const AnswerReader& reader);

/// "HTTP 404, not the API's own response: not JSON, text/plain, 19 bytes". Bounds: 300 bytes, printable.
std::string describe_gateway_response(const Response& response, const AnswerReader& reader);

/// The first characters of a body, masked: marks, spaces and the names of HTML's structure stay, every other letter is
/// shown as x and every digit as 9. Bounds: 60 characters, printable.
std::string masked_start(std::string_view body);

}  // namespace amend::wonder
