#include "customer_update.hpp"

#include <fmt/format.h>
#include <array>
#include <boost/json.hpp>

#include "amend/wonder/customer_schema.hpp"
#include "row/ascii.hpp"

namespace amend::sim {
namespace json = boost::json;
namespace {

class Slot {
 public:
  constexpr Slot(std::string_view name_, std::string Customer::*member_) noexcept : name(name_), member(member_) {}
  std::string_view name;
  std::string Customer::*member;
};

constexpr std::array slots{
    Slot("name", &Customer::name),
    Slot("phone", &Customer::phone),
    Slot("email", &Customer::email),
    Slot("dial_code", &Customer::dial_code),
    Slot("company_name", &Customer::company_name),
    Slot("default_payment_method", &Customer::default_payment_method),
    Slot("default_payment_token", &Customer::default_payment_token),
};

bool empty_keeps(std::string_view field) { return field == "name" || field == "phone" || field == "email"; }

bool null_clears(std::string_view field) {
  return field == "default_payment_method" || field == "default_payment_token";
}

std::optional<ApiResponse> check_member(const Slot& slot, const json::value* value) {
  const wonder::FieldRule& rule = *wonder::find_field(slot.name);
  if (value == nullptr || (value->is_null() && !null_clears(slot.name))) {
    if (!rule.required) return std::nullopt;
    return refusal(400, "E000001", fmt::format("{} is required.", slot.name));
  }
  if (value->is_null()) return std::nullopt;
  if (!value->is_string()) return refusal(400, "E000001", fmt::format("{} must be a string.", slot.name));
  const auto reason = wonder::check_value(rule, std::string_view(value->get_string()));
  if (reason) return refusal(400, "E000001", fmt::format("{}: {}", slot.name, reason->text));
  return std::nullopt;
}

void assign_member(const Slot& slot, const json::value* value, Customer& customer) {
  std::string& target = customer.*slot.member;
  if (value == nullptr) return;
  if (value->is_null()) {
    if (null_clears(slot.name)) target.clear();
    return;
  }
  const std::string_view text = value->get_string();
  if (text.empty() && empty_keeps(slot.name)) return;
  target.assign(text);
}

}  // namespace

std::optional<ApiResponse> apply_update(std::string_view body, Customer& customer) {
  std::array<unsigned char, 8192> memory;
  json::monotonic_resource resource(memory.data(), memory.size());
  json::error_code error;
  const json::value document = json::parse(body, error, &resource);
  if (error) return refusal(400, "E000008", "The request body is not valid JSON.");
  const json::object* object = document.if_object();
  if (object == nullptr) return refusal(400, "E000008", "The request body must be a JSON object.");

  std::array<const json::value*, slots.size()> values{};
  for (std::size_t i = 0; i < slots.size(); ++i) {
    values[i] = object->if_contains(slots[i].name);
    if (auto refused = check_member(slots[i], values[i])) return refused;
  }
  for (std::size_t i = 0; i < slots.size(); ++i) assign_member(slots[i], values[i], customer);
  customer.default_payment_token = in_lower_case(customer.default_payment_token);
  ++customer.updates;
  return std::nullopt;
}

}  // namespace amend::sim
