// Recognises JSON files of customers that are not one object per line, by their first bytes.
//
// Threads: the reader thread. Source: layer 2.
#pragma once

#include <string>

#include "reader/byte_feed.hpp"

namespace amend {

/// The shape of the first value of an input.
enum class JsonShape : std::uint8_t {
  rows,        ///< nothing contradicts one object per line
  array,       ///< [{…},{…}], or [["id",…],["…",…]]
  member,      ///< {"data":[{…},{…}]}, {"data":{"items":[{…}]}}
  with_commas  ///< {…},
};

class JsonLook {
 public:
  JsonShape shape = JsonShape::rows;
  std::string member;  ///< of JsonShape::member: "data.items"
  std::string filter;  ///< for jq, to make rows of it; empty: not needed
};

/// Examines the feed without consuming it. Waits for the first line, and for more only when the value continues after
/// it.
JsonLook look_at_json(ByteFeed& feed);

/// Whether the feed begins like an array: `[`, and then `{`, `]` or a string. The header of a CSV may begin with `[`,
/// but a quote does not follow there.
bool begins_as_array(ByteFeed& feed);

}  // namespace amend
