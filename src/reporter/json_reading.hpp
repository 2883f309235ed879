// Looking into JSON of ours that may be missing, cut or somebody else's: what is not there is empty. Layer 1.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace amend {

/// The bytes of a file; empty when it cannot be read.
std::string content_of(const std::string& path);

/// Empty when `text` is no JSON object.
boost::json::object object_in(std::string_view text);

std::string text_in(const boost::json::object& object, std::string_view name);
std::optional<std::uint64_t> number_in(const boost::json::object& object, std::string_view name);

}  // namespace amend
