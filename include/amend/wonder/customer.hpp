// A customer as the API shows it (src/wonder/README.md §1, §5). Layer 1: pure; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "amend/wonder/customer_schema.hpp"

namespace amend::wonder {

/// What an answer says, unescaped. A field that it does not have, or that is null, is empty here; so is `company_name`
/// always, which no answer shows. `default_payment_token` is the object's `.token`.
class Customer {
 public:
  Customer() = default;

  std::string uuid;
  std::string reference_number;
  std::array<std::string, customer_field_count> fields;  ///< in the order of `customer_fields()`
};

/// `data.customer` of an answer; nullopt when it has none with a uuid, or is not JSON.
std::optional<Customer> read_customer(std::string_view body);

/// A page of the list.
class CustomerPage {
 public:
  CustomerPage() = default;

  std::vector<Customer> customers;
  std::size_t unreadable = 0;  ///< entries that are no customer with a uuid
};

/// The array `data.customers`, or `data` itself (its shape is not documented). nullopt when the body has neither.
std::optional<CustomerPage> read_customers(std::string_view body);

}  // namespace amend::wonder
