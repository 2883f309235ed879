// A JSON file of amend as one list of members, which serves to write and to read it. Layer 1: pure.
//
// The list is a function template. It calls one function for each member, with its name and the place of its value:
//   template <class Members> void list(Members& at, Value& v) { at.value("rows", v.rows); }
// MemberWriter makes a JSON object of the values. MemberReader sets the values from a JSON object. Both have the same
// functions, so a member that is written is also read.
//
// Threads: any one. Errors: MemberReader, see Missing. Lifetime: both refer to the object that they are given.
#pragma once

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "amend/config.hpp"

namespace amend {

template <class T>
concept Count = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>;

/// How a text is written.
enum class TextForm : std::uint8_t {
  exact,      ///< its bytes, when they are UTF-8: amend reads it back and uses it
  printable,  ///< control characters as \xNN: people and programs read it
};

/// The smallest unit of a duration in the file.
enum class Precision : std::uint8_t { milliseconds, microseconds };

/// Numbers of milliseconds and seconds as they are in a file, and the durations that they mean. Bounds: 100 years;
/// microseconds are exact up to 100 days.
double in_milliseconds(std::chrono::nanoseconds duration, Precision precision) noexcept;
std::chrono::nanoseconds from_milliseconds(double ms, Precision precision) noexcept;

/// Throws ConfigError (ExitCode::input) naming a member of run.json that is missing or is not what it should be.
[[noreturn]] void refuse_run_json(std::string_view member);

class MemberWriter {
 public:
  MemberWriter(boost::json::object& out, TextForm form) noexcept : out_(&out), form_(form) {}

  template <class T>
  void value(std::string_view name, const T& value) {
    (*out_)[name] = json_of(value);
  }
  /// A member that older versions did not write.
  template <class T>
  void later(std::string_view name, const T& value) {
    this->value(name, value);
  }
  void text_or_null(std::string_view name, const std::string& text);
  /// Left out when 0.
  void positive(std::string_view name, std::uint64_t count);
  void hexadecimal(std::string_view name, std::uint64_t number);
  void moment(std::string_view name, std::chrono::system_clock::time_point at);
  void milliseconds(std::string_view name, std::chrono::nanoseconds duration);
  void seconds(std::string_view name, std::chrono::nanoseconds duration);

  template <class Enum, std::size_t n>
  void spelled(std::string_view name, Enum value, const Spellings<Enum, n>& spellings) {
    this->value(name, std::string(spelling_of(value, spellings)));
  }
  /// null for `none`.
  template <class Enum, std::size_t n>
  void spelled_or_null(std::string_view name, Enum value, const Spellings<Enum, n>& spellings, Enum none) {
    text_or_null(name, value == none ? std::string() : std::string(spelling_of(value, spellings)));
  }
  template <class Members>
  void object(std::string_view name, Members members) {
    boost::json::object inner;
    MemberWriter at(inner, form_);
    members(at);
    (*out_)[name] = std::move(inner);
  }
  /// An array of objects.
  template <class T, class Members>
  void list(std::string_view name, std::vector<T>& items, Members members) {
    boost::json::array out;
    for (T& item : items) {
      boost::json::object inner;
      MemberWriter at(inner, form_);
      members(at, item);
      out.push_back(std::move(inner));
    }
    (*out_)[name] = std::move(out);
  }
  /// An object whose names are values too.
  void texts(std::string_view name, const std::vector<std::pair<std::string, std::string>>& texts);
  template <class Enum, std::size_t n>
  void spelled_texts(std::string_view name, const std::vector<std::pair<std::string, Enum>>& values,
                     const Spellings<Enum, n>& spellings) {
    std::vector<std::pair<std::string, std::string>> written;
    for (const auto& [key, value] : values) written.emplace_back(key, spelling_of(value, spellings));
    texts(name, written);
  }

 private:
  template <class Enum, std::size_t n>
  static std::string_view spelling_of(Enum value, const Spellings<Enum, n>& spellings) {
    const auto found = std::ranges::find(spellings, value, &std::pair<std::string_view, Enum>::second);
    return found == spellings.end() ? std::string_view() : found->first;
  }
  boost::json::value json_of(const std::string& text) const;
  boost::json::value json_of(const std::vector<std::string>& texts) const;
  boost::json::value json_of(char c) const { return json_of(std::string(1, c)); }
  boost::json::value json_of(bool value) const { return value; }
  template <Count T>
  boost::json::value json_of(T number) const {
    return number;
  }
  template <class Enum>
  boost::json::value json_of(Enum value) const requires std::is_enum_v<Enum> {
    return static_cast<std::underlying_type_t<Enum>>(value);
  }
  template <class Rep, class Period>
  boost::json::value json_of(std::chrono::duration<Rep, Period> duration) const {
    return duration.count();
  }
  template <class T>
  boost::json::value json_of(const std::optional<T>& value) const {
    return value ? json_of(*value) : boost::json::value();
  }

  boost::json::object* out_;
  TextForm form_;
};

/// Sets `out` to the value of `json`. False: it has another type.
bool json_value_in(const boost::json::value& json, std::string& out);
bool json_value_in(const boost::json::value& json, std::vector<std::string>& out);
bool json_value_in(const boost::json::value& json, char& out);
bool json_value_in(const boost::json::value& json, bool& out);
bool json_value_in(const boost::json::value& json, double& out);
template <Count T>
bool json_value_in(const boost::json::value& json, T& out) {
  if (!json.is_number()) return false;
  boost::json::error_code error;
  out = json.to_number<T>(error);
  return !error;
}
template <class Enum>
bool json_value_in(const boost::json::value& json, Enum& out) requires std::is_enum_v<Enum> {
  std::underlying_type_t<Enum> number{};
  if (!json_value_in(json, number)) return false;
  out = static_cast<Enum>(number);
  return true;
}
template <class Rep, class Period>
bool json_value_in(const boost::json::value& json, std::chrono::duration<Rep, Period>& out) {
  Rep count{};
  if (!json_value_in(json, count)) return false;
  out = std::chrono::duration<Rep, Period>(count);
  return true;
}
template <class T>
bool json_value_in(const boost::json::value& json, std::optional<T>& out) {
  return json.is_null() || json_value_in(json, out.emplace());
}
template <class Enum, std::size_t n>
bool json_spelled_value(const boost::json::value& json, Enum& out, const Spellings<Enum, n>& spellings) {
  std::string text;
  if (!json_value_in(json, text)) return false;
  const auto found = std::ranges::find(spellings, text, &std::pair<std::string_view, Enum>::first);
  if (found == spellings.end()) return false;
  out = found->second;
  return true;
}

/// What a reader does when a member is missing, or is of another type.
enum class Missing : std::uint8_t {
  refuse,  ///< refuse_run_json
  keep,    ///< the value stays as it is
};

class MemberReader {
 public:
  /// `path`: of the object in its file, for errors: "options.target.".
  MemberReader(const boost::json::object& from, Missing missing, std::string path = {})
      : from_(&from), missing_(missing), path_(std::move(path)) {}

  template <class T>
  void value(std::string_view name, T& out) const {
    T read{};
    set(name, out, std::move(read), [](const boost::json::value& json, T& to) { return json_value_in(json, to); });
  }
  template <class T>
  void later(std::string_view name, T& out) const {
    if (find(name)) value(name, out);
  }
  void text_or_null(std::string_view name, std::string& out) const;
  void positive(std::string_view name, std::uint64_t& out) const { later(name, out); }
  void hexadecimal(std::string_view name, std::uint64_t& out) const;
  void moment(std::string_view name, std::chrono::system_clock::time_point& out) const;
  void milliseconds(std::string_view name, std::chrono::nanoseconds& out) const;
  void seconds(std::string_view name, std::chrono::nanoseconds& out) const;

  template <class Enum, std::size_t n>
  void spelled(std::string_view name, Enum& out, const Spellings<Enum, n>& spellings) const {
    set(name, out, out,
        [&](const boost::json::value& json, Enum& to) { return json_spelled_value(json, to, spellings); });
  }
  template <class Enum, std::size_t n>
  void spelled_or_null(std::string_view name, Enum& out, const Spellings<Enum, n>& spellings, Enum none) const {
    set(name, out, none, [&](const boost::json::value& json, Enum& to) {
      return json.is_null() || json_spelled_value(json, to, spellings);
    });
  }
  template <class Members>
  void object(std::string_view name, Members members) const {
    const boost::json::value* const found = find(name);
    if (!found || !found->is_object()) return miss(name);
    const MemberReader at(found->get_object(), missing_, path_ + std::string(name) + ".");
    members(at);
  }
  template <class T, class Members>
  void list(std::string_view name, std::vector<T>& items, Members members) const {
    const boost::json::value* const found = find(name);
    if (!found || !found->is_array()) return miss(name);
    items.clear();
    for (const boost::json::value& item : found->get_array()) {
      if (!item.is_object()) {
        miss(name);
        continue;
      }
      const MemberReader at(item.get_object(), missing_, path_ + std::string(name) + ".");
      members(at, items.emplace_back());
    }
  }
  void texts(std::string_view name, std::vector<std::pair<std::string, std::string>>& out) const;
  template <class Enum, std::size_t n>
  void spelled_texts(std::string_view name, std::vector<std::pair<std::string, Enum>>& out,
                     const Spellings<Enum, n>& spellings) const {
    object(name, [&](const MemberReader& at) {
      out.clear();
      for (const auto& member : *at.from_)
        at.spelled(member.key(), out.emplace_back(member.key(), Enum()).second, spellings);
    });
  }

 private:
  const boost::json::value* find(std::string_view name) const { return from_->if_contains(name); }
  /// Returns when missing members are kept.
  void miss(std::string_view name) const;
  template <class T, class Get>
  void set(std::string_view name, T& out, T read, Get get_it) const {
    const boost::json::value* const found = find(name);
    if (!found || !get_it(*found, read)) return miss(name);
    out = std::move(read);
  }

  const boost::json::object* from_;
  Missing missing_;
  std::string path_;
};

}  // namespace amend
