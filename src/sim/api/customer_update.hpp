// Applies the JSON body of a PUT to a customer (src/wonder/README.md §1, "Empty and missing in PUT"). Pure.
#pragma once

#include <optional>
#include <string_view>

#include "api_request.hpp"
#include "customer_store.hpp"

namespace amend::sim {

/// Changes `customer` and returns nullopt, or returns the refusal of the body (400) and changes nothing. null means the
/// same as an absent member, except for the two fields that can be cleared.
std::optional<ApiResponse> apply_update(std::string_view body, Customer& customer);

}  // namespace amend::sim
