// Customers as JSON: in responses (src/wonder/README.md §1) and in the state dump. Pure.
#pragma once

#include <string>
#include <string_view>

#include "customer_store.hpp"

namespace amend::sim {

/// Appends `text` as a JSON string, quotes included.
void append_json_string(std::string& out, std::string_view text);

/// Appends the object that responses show under `data.customer`: without company_name, and with the payment token as an
/// object. A token that ends in `card_error_suffix` (not empty) has error_code E0CARD: binding the card failed.
void append_customer(std::string& out, const Customer& customer, std::string_view card_error_suffix);

/// Appends one line of the state dump: every field, company_name included, and the number of updates. It ends in LF.
void append_state_line(std::string& out, const Customer& customer);

}  // namespace amend::sim
