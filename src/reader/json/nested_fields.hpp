// Finds fields of an NDJSON row inside another object. Pure. Layer 1.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace amend {

/// The place of the fields, and how to make a row of them.
class NestedFields {
 public:
  std::string members;     ///< for messages: "properties", "data.attributes", "contacts[0]"
  std::string filter;      ///< for jq: {id} + .properties
  bool is_choice = false;  ///< several have the same fields: the filter takes the last one
};

/// Searches `row`, a valid JSON object, for the fields `wanted` that it does not have itself. `own` are its members
/// that must stay; the first is its id, or "". It also searches the first element of arrays, and strings that contain
/// JSON. nullopt: nothing was found.
std::optional<NestedFields> find_nested_fields(std::string_view row, std::span<const std::string> wanted,
                                               std::span<const std::string> own);

}  // namespace amend
