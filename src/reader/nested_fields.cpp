#include "reader/nested_fields.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "amend/error.hpp"
#include "amend/reader/json_error.hpp"
#include "reader/column_name.hpp"

namespace amend {
namespace {

namespace json = boost::json;

constexpr int depth_max = 4;

class Search {
 public:
  explicit Search(std::span<const std::string> wanted) : wanted_(wanted) {}

  // `shown` and `path` lead to `object`; only what is inside another object counts.
  void look(const json::object& object, const std::string& shown, const std::string& path, int depth) {
    if (depth > 0 && has_wanted(object)) {
      found_.members += (found_.members.empty() ? "" : ", ") + shown;
      found_.filter += (found_.filter.empty() ? "" : " + ") + path;
    }
    if (depth == depth_max) return;
    for (const auto& member : object) {
      if (!member.value().is_object()) continue;
      const std::string name(member.key().data(), member.key().size());
      look(member.value().get_object(), shown.empty() ? name : shown + "." + name, path + jq_member(name), depth + 1);
    }
  }

  const NestedFields& found() const noexcept { return found_; }

 private:
  bool has_wanted(const json::object& object) const {
    return std::ranges::any_of(object, [this](const auto& member) {
      const std::string_view key(member.key().data(), member.key().size());
      const bool is_plain = !member.value().is_object() && !member.value().is_array();
      return is_plain && std::ranges::any_of(wanted_, [&](const std::string& name) { return same_column(name, key); });
    });
  }

  std::span<const std::string> wanted_;
  NestedFields found_;
};

std::string id_filter(std::string_view id) {
  const std::string member = jq_member(std::string(id));
  return member.find('"') == std::string::npos ? "{" + member.substr(1) + "}"
                                               : "{" + member.substr(1) + ": " + member + "}";
}

}  // namespace

std::optional<NestedFields> find_nested_fields(std::string_view row, std::span<const std::string> wanted,
                                               std::string_view id) {
  json::error_code error;
  const json::value value = json::parse(json::string_view(row.data(), row.size()), error);
  if (error || !value.is_object()) return std::nullopt;
  Search search(wanted);
  search.look(value.get_object(), {}, {}, 0);
  if (search.found().filter.empty()) return std::nullopt;
  NestedFields out = search.found();
  if (!id.empty()) out.filter = id_filter(id) + " + " + out.filter;
  return out;
}

}  // namespace amend
