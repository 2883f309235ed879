#include "page_numbers.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <cmath>
#include <functional>
#include <map>

namespace test {
namespace {

namespace json = boost::json;

// [attributes, data-value, text] of each number of the page.
constexpr auto numbers = R"(
  return [...document.querySelectorAll('[data-value]')].map(e => [
    ['total', 'request', 'of', 'percentile', 'error'].filter(n => e.dataset[n] !== undefined)
      .map(n => n + '=' + e.dataset[n]).join(' '), e.dataset.value, e.checkVisibility() ? e.textContent : '']);
)";

class Shown {
 public:
  Shown() = default;
  std::string value;
  std::string text;
};

class Comparison {
 public:
  explicit Comparison(Browser& browser) {
    const json::value found = browser.script(numbers);
    for (const json::value& each : found.as_array()) {
      const json::array& parts = each.as_array();
      Shown shown;
      shown.value = parts[1].as_string();
      shown.text = parts[2].as_string();
      shown_.emplace(std::string(parts[0].as_string()), std::move(shown));
    }
  }

  void count(const std::string& name, const json::value& wanted) {
    const std::string value = wanted.is_null() ? "" : std::to_string(wanted.to_number<std::int64_t>());
    check(name, [&](const Shown& shown) {
      std::string digits = shown.text;
      std::erase(digits, ',');
      return shown.value == value && (wanted.is_null() || name.starts_with("error=") || digits == value);
    });
  }
  void milliseconds(const std::string& name, const json::value& wanted) {
    check(name, [&](const Shown& shown) {
      return std::abs(std::stod(shown.value) - wanted.to_number<double>()) < 0.001 && !shown.text.empty();
    });
  }

  std::vector<std::string> differences;

 private:
  void check(const std::string& name, const std::function<bool(const Shown&)>& is_right) {
    const auto [first, last] = shown_.equal_range(name);
    if (first == last || std::next(first) != last)
      return differences.push_back(fmt::format("{}: is there {} times", name, std::distance(first, last)));
    if (!is_right(first->second))
      differences.push_back(
          fmt::format("{}: value \"{}\", text \"{}\"", name, first->second.value, first->second.text));
  }

  std::multimap<std::string, Shown> shown_;
};

}  // namespace

std::vector<std::string> differences(Browser& browser, const json::object& summary) {
  Comparison comparison(browser);
  for (const auto& member : summary.at("rows").as_object())
    if (member.key() != "read") comparison.count("total=" + std::string(member.key()), member.value());
  comparison.count("total=exit_code", summary.at("exit_code"));
  for (const auto& member : summary.at("requests").as_object())
    comparison.count("request=" + std::string(member.key()), member.value());
  for (const auto& of : summary.at("latency_ms").as_object())
    for (const auto& member : of.value().as_object())
      comparison.milliseconds(fmt::format("of={} percentile={}", std::string(of.key()), std::string(member.key())),
                              member.value());
  for (const json::value& error : summary.at("errors").as_array())
    comparison.count("error=" + std::string(error.at("code").as_string()), error.at("count"));
  return comparison.differences;
}

}  // namespace test
