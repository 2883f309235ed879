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
  std::string members;  ///< for messages: "properties", "data.attributes"
  std::string filter;   ///< of jq: {id} + .properties
};

/// `row` is a valid JSON object; `wanted`: names of fields that it does not have itself; `id`: the member that has its
/// id, empty: it is among those wanted. nullopt: no object inside it has any of them.
std::optional<NestedFields> find_nested_fields(std::string_view row, std::span<const std::string> wanted,
                                               std::string_view id);

}  // namespace amend
