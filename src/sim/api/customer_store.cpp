#include "customer_store.hpp"

#include <utility>

#include "row/ascii.hpp"
#include "row/hexadecimal.hpp"

namespace amend::sim {

std::optional<CustomerStore::Key> CustomerStore::key_of(std::string_view uuid) noexcept {
  if (uuid.size() != 36) return std::nullopt;
  Key key{};
  std::size_t digits = 0;
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (uuid[i] != '-') return std::nullopt;
      continue;
    }
    const int value = hex_value(uuid[i]);
    if (value < 0) return std::nullopt;
    key[digits / 16] = (key[digits / 16] << 4) | static_cast<std::uint64_t>(value);
    ++digits;
  }
  return key;
}

Customer* CustomerStore::find(std::string_view uuid) {
  const auto key = key_of(uuid);
  if (!key) return nullptr;
  const auto found = by_uuid_.find(*key);
  return found == by_uuid_.end() ? nullptr : found->second;
}

const Customer* CustomerStore::find_reference(std::string_view reference_number) const {
  const auto found = by_reference_.find(reference_number);
  return found == by_reference_.end() ? nullptr : found->second;
}

bool CustomerStore::put(Customer customer) {
  const auto key = key_of(customer.uuid);
  if (!key) return false;
  customer.uuid = in_lower_case(customer.uuid);
  customer.default_payment_token = in_lower_case(customer.default_payment_token);
  Customer*& slot = by_uuid_[*key];
  if (slot == nullptr) {
    slot = &customers_.emplace_back();
  } else {
    by_reference_.erase(slot->reference_number);
  }
  *slot = std::move(customer);
  if (!slot->reference_number.empty()) by_reference_[slot->reference_number] = slot;
  return true;
}

}  // namespace amend::sim
