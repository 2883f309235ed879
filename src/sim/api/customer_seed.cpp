#include "customer_seed.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

#include "amend/config.hpp"
#include "amend/error.hpp"
#include "amend/reader/source.hpp"
#include "amend/row/record.hpp"

namespace amend::sim {
namespace {

constexpr std::array<std::pair<std::string_view, std::string Customer::*>, 10> members{{
    {"id", &Customer::uuid},
    {"uuid", &Customer::uuid},
    {"name", &Customer::name},
    {"phone", &Customer::phone},
    {"email", &Customer::email},
    {"dial_code", &Customer::dial_code},
    {"company_name", &Customer::company_name},
    {"reference_number", &Customer::reference_number},
    {"default_payment_method", &Customer::default_payment_method},
    {"default_payment_token", &Customer::default_payment_token},
}};

Customer to_customer(const Record& record, const Source& source) {
  Customer customer;
  const auto& header = source.header();
  for (std::size_t i = 0; i < record.size(); ++i) {
    if (!record.named() && i >= header.size()) break;
    const std::string_view name = record.named() ? record.name(i) : std::string_view(header[i]);
    for (const auto& [key, member] : members) {
      if (key == name && record.kind(i) != FieldKind::null) customer.*member = record.field(i);
    }
  }
  return customer;
}

}  // namespace

std::size_t seed_customers(const std::string& file, CustomerStore& store) {
  InputConfig config;
  config.file = file;
  const auto source = open_source(config);
  Record record;
  std::size_t rows = 0;
  while (source->next(record)) {
    const auto line = record.position().line;
    if (record.fault()) throw InputError(fmt::format("{}:{}: {}", file, line, record.fault()->text));
    if (!store.put(to_customer(record, *source)))
      throw InputError(fmt::format("{}:{}: the id is not a uuid", file, line));
    ++rows;
  }
  return rows;
}

}  // namespace amend::sim
