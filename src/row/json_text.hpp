// Bytes of any origin as JSON text, for the files that amend writes. Layer 2, pure.
//
// Threads: any. Errors: none. Bounds: the output is at most six times the input.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

namespace amend {

/// Appends `text` as a JSON string, quotes included. Valid for any bytes: what is not UTF-8, and the control characters
/// U+0080…U+009F, become the text \xNN.
void append_json_string(std::string& out, std::string_view text);

/// Appends `text` without bytes that a reader of CSV could refuse. Line breaks and tabs stay; what `printable` escapes
/// otherwise is escaped.
void append_readable(std::string& out, std::string_view text);

/// `text` in valid UTF-8, as `printable` escapes it, and never cut.
std::string utf8(std::string_view text);

/// Appends `value` as Boost.JSON serializes it, but 2.6 instead of 2.6E0, because people read these files.
void append_json(std::string& out, const boost::json::value& value);

}  // namespace amend
