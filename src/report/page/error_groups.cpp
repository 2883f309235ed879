#include "report/page/error_groups.hpp"

#include <algorithm>

#include "amend/run/log_reading.hpp"
#include "report/model/timeline.hpp"
#include "report/page/error_example.hpp"

namespace amend::report {
ErrorGroup error_group(std::string_view line, std::uint64_t row, Values values) {
  const RecordText text(line);
  ErrorGroup group;
  group.code = text.error_code;
  group.row = row;
  group.line = text.line;
  group.request_id = text.request_id;
  set_example(group, text.id, text.error, values);
  if (const OwnCode* own = find_own_code(text.error_code)) {
    group.meaning = own->meaning;
    group.remedy = own->remedy;
  }
  return group;
}

ErrorGroups::Group& ErrorGroups::group_of(std::string_view code, std::uint64_t row, std::string_view line) {
  auto found = groups_.find(code);
  if (found != groups_.end()) return found->second;
  const bool full = groups_.size() >= ErrorTally::codes_max;
  if (full) {
    found = groups_.find(ErrorTally::other);
    if (found != groups_.end()) return found->second;
  }
  Group group;
  group.shown = error_group(line, row, values_);
  if (full) {
    group.shown.code = ErrorTally::other;
    group.shown.meaning = "These rows have other error codes, which amend counted together.";
    group.shown.remedy = "Read their error codes in results.ndjson.";
  }
  return groups_.emplace(full ? std::string(ErrorTally::other) : std::string(code), std::move(group)).first->second;
}

void ErrorGroups::add(std::string_view code, std::uint64_t row, std::optional<Time> at, std::string_view line) {
  Group& group = group_of(code, row, line);
  ++rows_;
  ++group.shown.rows;
  if (!at) return;
  group.first = std::min(group.first.value_or(*at), *at);
  group.last = std::max(group.last.value_or(*at), *at);
}

std::vector<ErrorGroup> ErrorGroups::worst(std::size_t count) const {
  std::vector<ErrorGroup> all;
  all.reserve(groups_.size());
  for (const auto& [code, group] : groups_) {
    ErrorGroup& shown = all.emplace_back(group.shown);
    if (group.first) shown.first_at = text_of(*group.first);
    if (group.last) shown.last_at = text_of(*group.last);
  }
  std::ranges::sort(all, [](const ErrorGroup& a, const ErrorGroup& b) {
    return a.rows != b.rows ? a.rows > b.rows : a.code < b.code;
  });
  if (all.size() > count) all.resize(count);
  return all;
}

}  // namespace amend::report
