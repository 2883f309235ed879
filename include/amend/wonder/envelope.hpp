// Whether a body is the API's own envelope. Only the API speaks for the API: a response with any other body is a
// gateway response (a proxy, a firewall, a login page), whatever its status, and says nothing about a customer.
//
// Source: src/wonder/README.md §4. Threads: pure. Errors: none; any bytes may be looked at. Bounds: JSON nested deeper
// than 32 levels is not an envelope.
#pragma once

#include <string_view>

namespace amend::wonder {

/// True for one complete JSON object in which `code` or `error_code` is a number or a text that is not empty, or `data`
/// is an object or a list. A response with such a body is the API's own word, be it a refusal.
bool is_api_envelope(std::string_view body);

}  // namespace amend::wonder
