#include "plan/plan_reader.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <charconv>

#include "amend/wonder/customer_schema.hpp"
#include "plan/comparison.hpp"
#include "plan/plan_seal.hpp"
#include "run/json_reading.hpp"

namespace amend {
namespace json = boost::json;

namespace {

std::optional<std::uint64_t> hash_in(const json::object& line, std::string_view name) {
  const std::string text = text_in(line, name);
  std::uint64_t hash = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), hash, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return hash;
}

std::string object_text(const json::object& line, std::string_view name) {
  const json::value* value = line.if_contains(name);
  return value != nullptr && value->is_object() ? json::serialize(*value) : std::string();
}

std::optional<RowSign> sign_in(const json::object& line) {
  const std::string text = text_in(line, "sign");
  const auto found = std::ranges::find_if(
      all_row_signs, [&](RowSign sign) { return text == std::string(1, static_cast<char>(sign)); });
  return found == all_row_signs.end() ? std::nullopt : std::optional(*found);
}

}  // namespace

PlanReader::PlanReader(const std::string& file) : name_(printable(file)), file_(file, std::ios::binary) {
  if (!file_) throw InputError(name_ + ": cannot be read");
}

bool PlanReader::next(PlannedRow& row) {
  if (!std::getline(file_, line_)) {
    if (file_.bad()) throw InputError(name_ + ": cannot be read to its end");
    throw InputError(name_ + ": has no checksum at its end: the file was cut, or an older version of amend wrote it");
  }
  ++number_;
  if (ends_plan(line_)) return false;
  const auto sum = sum_of_plan_line(line_, sum_);
  if (!sum) refuse();
  sum_ = *sum;
  const json::object line = object_in(line_);
  const auto sign = sign_in(line);
  if (!sign) refuse();
  row = PlannedRow();
  row.sign = *sign;
  row.id = text_in(line, "id");
  row.key = text_in(line, "key");
  if (!row.id.empty() && !wonder::is_uuid(row.id)) refuse();
  if (row.sign == RowSign::only_api) return true;
  row.row = number_in(line, "row").value_or(0);
  const auto hash = hash_in(line, "hash");
  row.wants = hash_in(line, "wants");
  row.body = object_text(line, "body");
  row.before = object_text(line, "before");
  const bool complete = row.sign != RowSign::differs ||
                        (!row.id.empty() && WantedFields::is_body(row.body) && WantedFields::is_body(row.before));
  if (row.row == 0 || !hash || !complete) refuse();
  row.hash = *hash;
  row.reason = Reason(text_in(line, "error_code"), text_in(line, "error"), origin_named(text_in(line, "source")),
                      static_cast<std::uint32_t>(number_in(line, "column").value_or(0)));
  return true;
}

void PlanReader::refuse() const {
  throw InputError(name_ + ": line " + std::to_string(number_) + " is not in the form that amend writes");
}

}  // namespace amend
