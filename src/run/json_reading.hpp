// Members of a JSON text that may be missing, cut, or written by another program.
//
// Threads: any one. Errors: none; a member that is missing or has another type is empty.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace amend {

/// The bytes of a file. Empty: it cannot be read.
std::string content_of(const std::string& path);

/// Empty: `text` is not a JSON object.
boost::json::object object_in(std::string_view text);

std::string text_in(const boost::json::object& object, std::string_view name);
std::optional<std::uint64_t> number_in(const boost::json::object& object, std::string_view name);

}  // namespace amend
