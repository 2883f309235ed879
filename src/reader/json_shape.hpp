// JSON that is a file of customers, but not one object a line: found by its first bytes. Layer 2, reader thread.
#pragma once

#include <string>

#include "reader/byte_feed.hpp"

namespace amend {

/// How the first value of an input is made.
enum class JsonShape : std::uint8_t {
  rows,        ///< nothing against one object a line
  array,       ///< [{…},{…}], or [["id",…],["…",…]]
  member,      ///< {"data":[{…},{…}]}, {"data":{"items":[{…}]}}
  with_commas  ///< {…},
};

class JsonLook {
 public:
  JsonShape shape = JsonShape::rows;
  std::string member;  ///< of JsonShape::member: "data.items"
  std::string filter;  ///< of jq: what makes rows of it; empty: none is needed
};

/// Looks at the feed and consumes nothing; waits for no more than the first line, unless the value continues after it.
JsonLook look_at_json(ByteFeed& feed);

/// Whether the feed begins as an array does: `[`, and then `{`, `]` or a string. The header of a CSV may begin with
/// `[`, but has no quote there.
bool begins_as_array(ByteFeed& feed);

}  // namespace amend
