#include "reader/json/nested_fields.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <cstddef>
#include <utility>
#include <vector>

#include "amend/error.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "reader/json/json_error.hpp"
#include "reader/mapping/column_name.hpp"

namespace amend {
namespace {

namespace json = boost::json;

constexpr int depth_max = 16;

std::string text_of(json::string_view text) { return std::string(text.data(), text.size()); }

/// An object inside the row, with the fields that the row lacks.
class Place {
 public:
  std::string shown;
  std::string path;        // its path for jq
  std::vector<bool> has;   // which of the wanted fields it has
  std::string id_spelled;  // its own member that names a customer; empty: none
  bool has_uuid = false;   // whether that member has a uuid

  bool shares_field_with(const Place& other) const {
    for (std::size_t i = 0; i < has.size(); ++i)
      if (has[i] && other.has[i]) return true;
    return false;
  }
};

class Search {
 public:
  explicit Search(std::span<const std::string> wanted) : wanted_(wanted) {}

  // `shown` and `path` lead to `object`. Only fields inside another object count.
  void look(const json::object& object, const std::string& shown, const std::string& path, int depth) {
    if (depth > 0) note(object, shown, path);
    if (depth == depth_max) return;
    for (const auto& member : object) {
      const std::string name = text_of(member.key());
      const std::string inside = shown.empty() ? name : shown + "." + name;
      look_into(member.value(), inside, path + jq_member(name), depth + 1);
    }
  }

  const std::vector<Place>& places() const noexcept { return places_; }

 private:
  void look_into(const json::value& value, const std::string& shown, const std::string& path, int depth) {
    if (value.is_object()) return look(value.get_object(), shown, path, depth);
    if (value.is_array() && !value.get_array().empty() && value.get_array()[0].is_object())
      return look(value.get_array()[0].get_object(), shown + "[0]", path + "[0]", depth);
    if (!value.is_string() || !value.get_string().starts_with('{')) return;
    json::error_code error;
    const json::value inside = json::parse(value.get_string(), error);
    if (!error && inside.is_object()) look(inside.get_object(), shown, "(" + path + " | fromjson)", depth);
  }

  void note(const json::object& object, const std::string& shown, const std::string& path) {
    Place place;
    place.shown = shown;
    place.path = path;
    place.has.resize(wanted_.size());
    bool has_any = false;
    for (const auto& member : object) {
      if (member.value().is_object() || member.value().is_array()) continue;
      const std::string_view key(member.key().data(), member.key().size());
      for (std::size_t i = 0; i < wanted_.size(); ++i) {
        if (!same_column(wanted_[i], key)) continue;
        has_any = place.has[i] = true;
      }
      if (!same_column("id", key) && !same_column("uuid", key)) continue;
      place.id_spelled = key;
      place.has_uuid = member.value().is_string() && wonder::is_uuid(text_of(member.value().get_string()));
    }
    if (has_any) places_.push_back(std::move(place));
  }

  std::span<const std::string> wanted_;
  std::vector<Place> places_;
};

// Returns a filter such as {id, "my phone": ."my phone"}.
std::string own_filter(std::span<const std::string> names) {
  std::string out;
  for (const std::string& name : names) {
    if (name.empty()) continue;
    const std::string member = jq_member(name);
    out += (out.empty() ? "{" : ", ") + member.substr(1);
    if (member.find('"') != std::string::npos) out += ": " + member;
  }
  return out.empty() ? out : out + "}";
}

// Whether each customer is an object whose member name is the customer's id.
bool is_keyed_by_id(const std::vector<Place>& places) {
  return std::ranges::all_of(places, [](const Place& place) { return wonder::is_uuid(place.shown); });
}

// An id inside is the row's own when it is a uuid. Otherwise the row's id stays.
std::string filter_of(const std::vector<Place>& places, std::span<const std::string> own) {
  std::string inside;
  for (const Place& place : places) inside += (inside.empty() ? "" : " + ") + place.path;
  const std::string id = own.empty() ? std::string() : own.front();
  const auto named = [&](const Place& place) { return !id.empty() && !place.id_spelled.empty(); };
  const auto other = std::ranges::find_if(places, named);
  if (other != places.end() && other->has_uuid) own = own.subspan(1);
  const std::string kept = own_filter(own);
  if (kept.empty()) return inside;
  return other != places.end() && !other->has_uuid ? inside + " + " + kept : kept + " + " + inside;
}

}  // namespace

std::optional<NestedFields> find_nested_fields(std::string_view row, std::span<const std::string> wanted,
                                               std::span<const std::string> own) {
  json::error_code error;
  const json::value value = json::parse(json::string_view(row.data(), row.size()), error);
  if (error || !value.is_object()) return std::nullopt;
  Search search(wanted);
  search.look(value.get_object(), {}, {}, 0);
  if (search.places().empty()) return std::nullopt;
  NestedFields out;
  std::vector<Place> taken;
  for (const Place& place : search.places()) {
    out.members += (out.members.empty() ? "" : ", ") + place.shown;
    const auto dropped = std::erase_if(taken, [&](const Place& other) { return other.shares_field_with(place); });
    out.is_choice = out.is_choice || dropped > 0;
    taken.push_back(place);
  }
  if (is_keyed_by_id(search.places())) {
    out.is_choice = false;
    out.filter = "to_entries[] | {id: .key} + .value";
  } else {
    out.filter = filter_of(taken, own);
  }
  return out;
}

}  // namespace amend
