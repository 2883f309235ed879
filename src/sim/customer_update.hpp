// Applies the JSON body of a PUT to a customer (src/wonder/README.md §1, "Empty and missing in PUT"). Pure.
#pragma once

#include <optional>
#include <string_view>

#include "api_request.hpp"
#include "customer_store.hpp"

namespace amend::sim {

/// Changes `customer` and returns nullopt, or returns why the body is refused (400) and changes nothing.
/// null means the same as an absent member for all fields but the two that can be cleared.
std::optional<ApiAnswer> apply_update(std::string_view body, Customer& customer);

}  // namespace amend::sim
