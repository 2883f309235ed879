// Foreign bytes as JSON text, for the files the reporter writes. Layer 2, pure.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

namespace amend {

/// Appends `text` as a JSON string, quotes included. Valid for any bytes: what is not UTF-8, and the control characters
/// U+0080…U+009F, become the text \xNN.
void append_json_string(std::string& out, std::string_view text);

/// Text with no byte in it that a reader of CSV could refuse: line breaks and tabs stay, NUL and all else that
/// `printable` escapes is escaped.
void append_readable(std::string& out, std::string_view text);

/// Text that any JSON writer may take: `printable` without a bound that cuts.
std::string utf8(std::string_view text);

/// As Boost.JSON's serialize, but 2.6 instead of 2.6E0: people read such files too.
void append_json(std::string& out, const boost::json::value& value);

}  // namespace amend
