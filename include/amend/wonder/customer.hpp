// A customer as the API shows it (src/wonder/README.md §1, §5). Pure; any thread. Layer 1.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "amend/wonder/customer_schema.hpp"

namespace amend::wonder {

/// The content of a response, unescaped. A missing or null field is empty here. `company_name` is always empty, because
/// no response shows it. `default_payment_token` is the object's `.token`.
class Customer {
 public:
  Customer() = default;

  std::string uuid;
  std::string reference_number;
  std::array<std::string, customer_field_count> fields;  ///< in the order of `customer_fields()`
};

/// `data.customer` of a response; nullopt when it has no uuid, or when the body is not JSON.
std::optional<Customer> read_customer(std::string_view body);

/// One page of the list.
class CustomerPage {
 public:
  CustomerPage() = default;

  std::vector<Customer> customers;
  std::size_t unreadable = 0;  ///< entries that are not a customer with a uuid
};

/// The array `data.customers`, or `data` itself (its shape is not documented). nullopt when the body has neither.
std::optional<CustomerPage> read_customers(std::string_view body);

}  // namespace amend::wonder
