// Fields of an NDJSON row that are inside another object. Pure. Layer 1.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace amend {

/// Where they are, and how a row is made of them.
class NestedFields {
 public:
  std::string members;     ///< for messages: "properties", "data.attributes", "contacts[0]"
  std::string filter;      ///< of jq: {id} + .properties
  bool is_choice = false;  ///< several have the same fields: the filter takes the last of these
};

/// `row` is a valid JSON object; `wanted`: names of fields that it does not have itself; `own`: members that it has and
/// that must stay, the first of them its id, or "". nullopt: nothing inside it has any of those wanted. Objects are
/// also looked for in arrays (the first element) and in strings that contain JSON.
std::optional<NestedFields> find_nested_fields(std::string_view row, std::span<const std::string> wanted,
                                               std::span<const std::string> own);

}  // namespace amend
