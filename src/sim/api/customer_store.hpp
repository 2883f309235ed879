// The simulated merchant's customers, in memory. Pure: no I/O, no clock. One thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace amend::sim {

/// One customer as the API keeps it (src/wonder/README.md §1), with `company_name`, which no answer ever shows.
class Customer {
 public:
  Customer() = default;

  std::string uuid;  ///< lower case
  std::string name;
  std::string phone;
  std::string email;
  std::string dial_code;
  std::string company_name;
  std::string reference_number;
  std::string default_payment_method;
  std::string default_payment_token;  ///< lower case
  std::uint64_t updates = 0;          ///< PUTs applied since the start
};

/// Finds customers by uuid (ASCII case ignored) and by the merchant's own number. Keeps the order of arrival.
///
/// Bounds: about 400 bytes per customer with short values.
class CustomerStore {
 public:
  /// nullptr when `uuid` is unknown or not a uuid.
  Customer* find(std::string_view uuid);
  const Customer* find_reference(std::string_view reference_number) const;

  /// Adds a customer, or replaces the one with the same uuid. Returns false when the uuid is not valid.
  bool put(Customer customer);

  std::size_t size() const noexcept { return customers_.size(); }
  const Customer& operator[](std::size_t i) const { return customers_[i]; }

 private:
  using Key = std::array<std::uint64_t, 2>;
  struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept { return key[0] ^ (key[1] * 0x9E3779B97F4A7C15U); }
  };
  static std::optional<Key> key_of(std::string_view uuid) noexcept;

  std::deque<Customer> customers_;  // never moves an element, as the indexes point into it
  std::unordered_map<Key, Customer*, KeyHash> by_uuid_;
  std::unordered_map<std::string_view, Customer*> by_reference_;  // views into customers_
};

}  // namespace amend::sim
