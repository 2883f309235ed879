#include "run/json_members.hpp"

#include <fmt/format.h>

#include <charconv>

#include "amend/error.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "row/json_text.hpp"
#include "row/utc_time.hpp"

namespace amend {

namespace json = boost::json;

namespace {

constexpr double longest_ms = 100 * 365.25 * 24 * 3600 * 1e3;

// Rounded to microseconds first, as all versions of amend do.
double rounded_ms(std::chrono::nanoseconds duration) noexcept {
  return std::round(static_cast<double>(duration.count()) / 1e3) / 1e3;
}

}  // namespace

double in_milliseconds(std::chrono::nanoseconds duration, Precision precision) noexcept {
  return precision == Precision::microseconds ? rounded_ms(duration) : std::round(rounded_ms(duration));
}

std::chrono::nanoseconds from_milliseconds(double ms, Precision precision) noexcept {
  const double bounded = std::clamp(ms, -longest_ms, longest_ms);
  if (precision == Precision::milliseconds) return std::chrono::milliseconds(std::llround(bounded));
  return std::chrono::microseconds(std::llround(bounded * 1e3));
}

void MemberWriter::text_or_null(std::string_view name, const std::string& text) {
  (*out_)[name] = text.empty() ? json::value() : json_of(text);
}

void MemberWriter::positive(std::string_view name, std::uint64_t count) {
  if (count > 0) value(name, count);
}

void MemberWriter::hexadecimal(std::string_view name, std::uint64_t number) {
  value(name, fmt::format("{:016x}", number));
}

void MemberWriter::moment(std::string_view name, std::chrono::system_clock::time_point at) {
  value(name, utc_text(at));
}

void MemberWriter::milliseconds(std::string_view name, std::chrono::nanoseconds duration) {
  (*out_)[name] = in_milliseconds(duration, Precision::microseconds);
}

void MemberWriter::seconds(std::string_view name, std::chrono::nanoseconds duration) {
  (*out_)[name] = in_milliseconds(duration, Precision::milliseconds) / 1e3;
}

void MemberWriter::texts(std::string_view name, const std::vector<std::pair<std::string, std::string>>& texts) {
  json::object inner;
  for (const auto& [key, text] : texts) inner[key] = json_of(text);
  (*out_)[name] = std::move(inner);
}

json::value MemberWriter::json_of(const std::string& text) const {
  const bool as_it_is = form_ == TextForm::exact && wonder::utf8_prefix(text) == text.size();
  return json::value(as_it_is ? text : utf8(text));
}

json::value MemberWriter::json_of(const std::vector<std::string>& texts) const {
  json::array out;
  for (const std::string& text : texts) out.push_back(json_of(text));
  return out;
}

void refuse_run_json(std::string_view member) {
  throw ConfigError("run.json: " + std::string(member) +
                        " is missing, or is not in the format that amend writes. Restore run.json from a backup",
                    ExitCode::input);
}

void MemberReader::miss(std::string_view name) const {
  if (missing_ == Missing::refuse) refuse_run_json(path_ + std::string(name));
}

void MemberReader::text_or_null(std::string_view name, std::string& out) const {
  set(name, out, std::string(),
      [](const json::value& json, std::string& to) { return json.is_null() || json_value_in(json, to); });
}

void MemberReader::hexadecimal(std::string_view name, std::uint64_t& out) const {
  std::string digits;
  value(name, digits);
  std::from_chars(digits.data(), digits.data() + digits.size(), out, 16);
}

void MemberReader::moment(std::string_view name, std::chrono::system_clock::time_point& out) const {
  std::string text;
  value(name, text);
  out = parse_utc(text).value_or(out);
}

void MemberReader::milliseconds(std::string_view name, std::chrono::nanoseconds& out) const {
  double ms = in_milliseconds(out, Precision::microseconds);
  value(name, ms);
  out = from_milliseconds(ms, Precision::microseconds);
}

void MemberReader::seconds(std::string_view name, std::chrono::nanoseconds& out) const {
  double seconds = in_milliseconds(out, Precision::milliseconds) / 1e3;
  value(name, seconds);
  out = from_milliseconds(seconds * 1e3, Precision::milliseconds);
}

void MemberReader::texts(std::string_view name, std::vector<std::pair<std::string, std::string>>& out) const {
  object(name, [&](const MemberReader& at) {
    out.clear();
    for (const auto& member : *at.from_)
      if (std::string text; json_value_in(member.value(), text)) {
        out.emplace_back(member.key(), std::move(text));
      } else {
        miss(name);
      }
  });
}

bool json_value_in(const json::value& json, std::string& out) {
  if (json.is_string()) out = json.get_string();
  return json.is_string();
}

bool json_value_in(const json::value& json, std::vector<std::string>& out) {
  if (!json.is_array()) return false;
  for (const json::value& item : json.get_array())
    if (!json_value_in(item, out.emplace_back())) return false;
  return true;
}

bool json_value_in(const json::value& json, char& out) {
  if (!json.is_string() || json.get_string().size() != 1) return false;
  out = json.get_string()[0];
  return true;
}

bool json_value_in(const json::value& json, bool& out) {
  if (json.is_bool()) out = json.get_bool();
  return json.is_bool();
}

bool json_value_in(const json::value& json, double& out) {
  if (json.is_number()) out = json.to_number<double>();
  return json.is_number();
}

}  // namespace amend
