// What a run left behind, read by another parser than the program's own.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

namespace test {

/// The lines of an NDJSON file; throws when one is not an object. A missing file has no lines.
std::vector<boost::json::object> read_ndjson(const std::string& path);

boost::json::object read_json(const std::string& path);

std::string text_of(const boost::json::object& object, const std::string& key);
std::int64_t number_of(const boost::json::object& object, const std::string& key);

/// How many records of results.ndjson have this status.
std::size_t count_status(const std::string& run, const std::string& status);

/// The record of one row; throws when it has none or two.
boost::json::object record_of(const std::string& run, std::int64_t row);

}  // namespace test
