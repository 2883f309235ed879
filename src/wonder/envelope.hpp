// Recognises the API's own envelope.
//
// Only the API speaks for the API. A response with any other body is a gateway response (a proxy, a firewall, a login
// page). Whatever its status, it decides nothing about a customer.
//
// Threads: any; pure. Errors: any bytes are valid input. Bounds: JSON nested deeper than 32 levels is not an envelope.
// Source: src/wonder/README.md §4.
#pragma once

#include <string_view>

namespace amend::wonder {

/// Whether the body is one complete JSON object with a sign of the API. The sign is a `code` or `error_code` that is a
/// number or a non-empty text, or a `data` that is an object or a list. Such a response is from the API, even when it
/// is a refusal.
bool is_api_envelope(std::string_view body);

}  // namespace amend::wonder
