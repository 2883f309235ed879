#include "amend/wonder/customer.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "amend/wonder/customer_schema.hpp"

namespace amend::wonder {
namespace json = boost::json;

namespace {

// The API may send a merchant's own number as a JSON number.
std::string text_of(const json::value* value) {
  if (value == nullptr) return {};
  if (const json::string* text = value->if_string()) return std::string(*text);
  if (value->is_int64()) return std::to_string(value->get_int64());
  if (value->is_uint64()) return std::to_string(value->get_uint64());
  return {};
}

std::string field_text(const json::object& customer, std::string_view name) {
  const json::value* value = customer.if_contains(name);
  const json::object* token = value != nullptr && name == "default_payment_token" ? value->if_object() : nullptr;
  return text_of(token != nullptr ? token->if_contains("token") : value);
}

std::optional<Customer> customer_of(const json::value* value) {
  const json::object* object = value != nullptr ? value->if_object() : nullptr;
  if (object == nullptr) return std::nullopt;
  Customer customer;
  customer.uuid = text_of(object->if_contains("uuid"));
  if (!is_uuid(customer.uuid)) return std::nullopt;
  customer.reference_number = text_of(object->if_contains("reference_number"));
  for (std::size_t i = 0; i < customer.fields.size(); ++i)
    customer.fields[i] = field_text(*object, customer_fields()[i].name);
  return customer;
}

json::value parsed(std::string_view body) {
  json::error_code error;
  return json::parse(body, error);
}

const json::value* data_of(const json::value& document) {
  const json::object* object = document.if_object();
  return object != nullptr ? object->if_contains("data") : nullptr;
}

const json::value* member(const json::value* value, std::string_view name) {
  const json::object* object = value != nullptr ? value->if_object() : nullptr;
  return object != nullptr ? object->if_contains(name) : nullptr;
}

}  // namespace

std::optional<Customer> read_customer(std::string_view body) {
  const json::value document = parsed(body);
  return customer_of(member(data_of(document), "customer"));
}

std::optional<CustomerPage> read_customers(std::string_view body) {
  const json::value document = parsed(body);
  const json::value* data = data_of(document);
  const json::value* list = data != nullptr && data->is_array() ? data : member(data, "customers");
  const json::array* array = list != nullptr ? list->if_array() : nullptr;
  if (array == nullptr) return std::nullopt;
  CustomerPage page;
  page.customers.reserve(array->size());
  for (const json::value& value : *array) {
    if (auto customer = customer_of(&value))
      page.customers.push_back(std::move(*customer));
    else
      ++page.unreadable;
  }
  return page;
}

}  // namespace amend::wonder
