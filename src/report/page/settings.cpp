// run.json for people: every option under its name, times and rates with their units.
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "amend/report/reading.hpp"
#include "row/utc_time.hpp"
#include "run/json_reading.hpp"

namespace amend::report {
namespace {

namespace json = boost::json;

std::string time_text(std::uint64_t ns) {
  const std::chrono::system_clock::time_point at{std::chrono::nanoseconds(static_cast<std::int64_t>(ns))};
  return ns == 0 ? "not known" : utc_text(at);
}

std::string duration_text(std::uint64_t ms) {
  if (ms == 0) return "none";
  return ms % 1'000 == 0 ? fmt::format("{} s", ms / 1'000) : fmt::format("{} ms", ms);
}

std::string interval_text(std::uint64_t ns) {
  return ns == 0 ? "unlimited" : fmt::format("{:.6g} requests per second", 1e9 / static_cast<double>(ns));
}

// A name ends in its unit.
std::string value_text(std::string_view name, const json::value& value) {
  if (value.is_string()) return value.get_string().empty() ? "" : std::string(value.get_string());
  if (value.is_bool()) return value.get_bool() ? "yes" : "no";
  if (value.is_null()) return "";
  if (value.is_number()) {
    json::error_code error;
    const auto number = value.to_number<std::uint64_t>(error);
    if (!error && name == "interval_ns") return interval_text(number);
    if (!error && name == "modified_ns") return time_text(number);
    if (!error && name.ends_with("_ms")) return duration_text(number);
  }
  return json::serialize(value);
}

std::string label_of(std::string_view name) {
  for (const std::string_view unit : {"_ms", "_ns"})
    if (name.ends_with(unit)) name.remove_suffix(unit.size());
  std::string label(name);
  for (char& c : label)
    if (c == '_') c = ' ';
  return label;
}

void add(SettingGroup& group, std::string_view name, const json::value& value) {
  if (std::string text = value_text(name, value); !text.empty() && text != "[]" && text != "{}")
    group.settings.emplace_back(label_of(name), std::move(text));
}

SettingGroup group_of(std::string_view name, const json::object& members) {
  SettingGroup group{label_of(name)};
  for (const auto& member : members) add(group, member.key(), member.value());
  return group;
}

}  // namespace

std::vector<SettingGroup> settings_in(std::string_view run_json) {
  const json::object run = object_in(run_json);
  std::vector<SettingGroup> groups;
  SettingGroup others{"run"};
  for (const std::string_view name : {"version", "task", "parent"})
    if (const json::value* value = run.if_contains(name)) add(others, name, *value);
  const json::value* input = run.if_contains("input");
  const json::value* options = run.if_contains("options");
  if (options && options->is_object())
    for (const auto& member : options->get_object()) {
      if (!member.value().is_object()) {
        add(others, member.key(), member.value());
      } else if (auto group = group_of(member.key(), member.value().get_object()); !group.settings.empty()) {
        groups.push_back(std::move(group));
      }
    }
  const bool has_input = input && input->is_object() && !text_in(input->get_object(), "path").empty();
  if (has_input) groups.insert(groups.begin(), group_of("input_file", input->get_object()));
  groups.insert(groups.begin(), std::move(others));
  return groups;
}

}  // namespace amend::report
