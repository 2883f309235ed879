#include "report/model/comparison_reading.hpp"

#include <algorithm>
#include <charconv>

#include "amend/wonder/customer_schema.hpp"
#include "report/model/bounded_lines.hpp"

namespace amend::report {
namespace {

// A row has at most 1 MiB, and its line has more members.
constexpr std::size_t plan_line_max = 4U << 20;

// A quote inside a text has a backslash before it, so a text that begins with a bare quote is a member of the line.
std::string_view behind(std::string_view line, std::string_view member) noexcept {
  const std::size_t at = line.find(member);
  return at == std::string_view::npos ? std::string_view() : line.substr(at + member.size());
}

template <class Count>
void count_names(ComparisonPicture& comparison, std::string_view names, Count count) {
  for (ComparisonPicture::Field& field : comparison.fields)
    if (names.find("\"" + field.name + "\"") != std::string_view::npos) ++count(field);
}

std::uint64_t row_in(std::string_view line) noexcept {
  const std::string_view digits = behind(line, "{\"row\":");
  std::uint64_t row = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), row);
  return row;
}

void take_line(ComparisonPicture& comparison, std::string_view line, ErrorGroups* errors) {
  const std::string_view sign = behind(line, "\"sign\":\"");
  if (sign.empty()) return;
  const auto found = std::ranges::find(comparison.signs, sign.front(), &ComparisonPicture::Sign::sign);
  if (found == comparison.signs.end()) return;
  ++found->rows;
  if (found->sign == '*') {
    const std::string_view names = behind(sign, ",\"fields\":[");
    count_names(
        comparison, names.substr(0, names.find(']')), [](auto& field) -> auto& { return field.differs; });
  }
  const std::string_view code = behind(sign, ",\"error_code\":\"");
  if (errors != nullptr && !code.empty()) errors->add(code.substr(0, code.find('"')), row_in(line), std::nullopt, line);
}

}  // namespace

ComparisonPicture read_comparison(const std::string& directory, ErrorGroups* errors) {
  ComparisonPicture comparison;
  comparison.signs = {{'=', "The row matches the API."},
                      {'*', "The row differs from the API."},
                      {'+', "The row is only in the file: the API has no such customer."},
                      {'-', "The customer is only at the API: no row names it."},
                      {'!', "amend could not read the customer, or the customer changed after the comparison."},
                      {'~', "Another row of the same customer replaces the row."},
                      {'.', "amend did not compare the row."}};
  for (const auto& field : wonder::customer_fields()) comparison.fields.emplace_back().name = field.name;
  BoundedLines plan(directory + "/plan.ndjson", plan_line_max);
  comparison.planned = plan.is_open();
  while (const auto line = plan.next()) take_line(comparison, *line, errors);
  return comparison;
}

void add_drift(ComparisonPicture& comparison, std::string_view names) {
  count_names(
      comparison, names, [](auto& field) -> auto& { return field.drift; });
}

}  // namespace amend::report
