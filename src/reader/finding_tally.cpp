#include "amend/reader/finding_tally.hpp"

#include <algorithm>

namespace amend {

void FindingTally::add(const RowFindings& row, const Position& position) {
  for (std::size_t field = 0; field < values_.size(); ++field) values_[field] += row.seen_ >> field & 1U;
  bool damaged = false;
  for (std::size_t i = 0; i < row.size_; ++i) {
    const RowFindings::Found& found = row.found_[i];
    count(found, position);
    const FindingRule& rule = rule_of(found.finding);
    damaged = damaged || (rule.degree == Degree::damage && !rule.needs_most);
  }
  damaged_rows_ += damaged ? 1 : 0;
}

void FindingTally::count(const RowFindings::Found& found, const Position& position) {
  Entry& entry = entries_[found.field][static_cast<std::size_t>(found.finding)];
  if (entry.rows++ == 0) entry.example = describe(found.finding, found.value);
  if (entry.first.size() < finding_places_max) entry.first.push_back(position);
}

// What it is, now that all values have been seen.
ValueFinding FindingTally::judged(std::size_t field, ValueFinding finding) const noexcept {
  const FindingRule& rule = rule_of(finding);
  const std::uint64_t rows = entries_[field][static_cast<std::size_t>(finding)].rows;
  return rule.needs_most && rows * 2 <= values_[field] ? rule.unless_most : finding;
}

InputFindings FindingTally::report(const std::vector<Label>& labels) const {
  InputFindings out;
  out.damaged_rows = damaged_rows_;
  for (std::size_t field = 0; field < labels.size(); ++field) {
    for (std::size_t i = 1; i < value_finding_count; ++i) {
      const Entry& entry = entries_[field][i];
      const ValueFinding finding = entry.rows == 0 ? ValueFinding::none : judged(field, static_cast<ValueFinding>(i));
      if (finding == ValueFinding::none) continue;
      const FindingRule& rule = rule_of(finding);
      const auto same = [&](const FieldFinding& f) { return f.code == rule.code && f.field == labels[field].name; };
      auto found = std::ranges::find_if(out.fields, same);
      if (found == out.fields.end()) {
        FieldFinding fresh;
        fresh.code = rule.code;
        fresh.field = labels[field].name;
        fresh.degree = rule.degree;
        fresh.column = labels[field].column;
        fresh.example = entry.example;
        found = out.fields.insert(out.fields.end(), std::move(fresh));
      }
      found->rows += entry.rows;
      found->first.insert(found->first.end(), entry.first.begin(), entry.first.end());
      if (rule.needs_most) out.damaged_rows = std::max(out.damaged_rows, entry.rows);
    }
  }
  for (FieldFinding& finding : out.fields) {
    std::ranges::sort(finding.first, {}, &Position::row);
    if (finding.first.size() > finding_places_max) finding.first.resize(finding_places_max);
  }
  std::ranges::stable_sort(out.fields, [](const FieldFinding& a, const FieldFinding& b) {
    return a.degree != b.degree ? a.degree == Degree::damage : a.rows > b.rows;
  });
  return out;
}

}  // namespace amend
