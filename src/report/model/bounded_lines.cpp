#include "report/model/bounded_lines.hpp"

#include <limits>

namespace amend::report {

std::optional<std::string_view> BoundedLines::next() {
  while (file_.good()) {
    file_.getline(line_.data(), static_cast<std::streamsize>(line_.size()));
    const auto read = static_cast<std::size_t>(file_.gcount());
    if (file_.good()) return std::string_view(line_.data(), read - 1);
    if (file_.bad() || read == 0) return std::nullopt;
    if (file_.eof()) return std::string_view(line_.data(), read);
    file_.clear();
    file_.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return std::nullopt;
}

}  // namespace amend::report
