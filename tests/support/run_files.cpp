#include "run_files.hpp"

#include <boost/json/parse.hpp>
#include <fstream>
#include <stdexcept>

#include "process.hpp"

namespace test {

std::vector<boost::json::object> read_ndjson(const std::string& path) {
  std::vector<boost::json::object> lines;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) lines.push_back(boost::json::parse(line).as_object());
  return lines;
}

boost::json::object read_json(const std::string& path) { return boost::json::parse(read_file(path)).as_object(); }

std::string text_of(const boost::json::object& object, const std::string& key) {
  const auto* value = object.if_contains(key);
  return value && value->is_string() ? std::string(value->as_string()) : std::string();
}

std::int64_t number_of(const boost::json::object& object, const std::string& key) {
  const auto* value = object.if_contains(key);
  return value && value->is_number() ? value->to_number<std::int64_t>() : -1;
}

std::size_t count_status(const std::string& run, const std::string& status) {
  std::size_t count = 0;
  for (const auto& record : read_ndjson(run + "/results.ndjson")) count += text_of(record, "status") == status;
  return count;
}

boost::json::object record_of(const std::string& run, std::int64_t row) {
  std::vector<boost::json::object> found;
  for (auto& record : read_ndjson(run + "/results.ndjson"))
    if (number_of(record, "row") == row) found.push_back(std::move(record));
  if (found.size() != 1)
    throw std::runtime_error("row " + std::to_string(row) + " has " + std::to_string(found.size()) + " records");
  return found.front();
}

}  // namespace test
