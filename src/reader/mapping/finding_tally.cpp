#include "reader/mapping/finding_tally.hpp"

#include <algorithm>

namespace amend {
namespace {

// Two kinds with the same code are one finding of a field.
FieldFinding& finding_in(InputFindings& findings, const FindingRule& rule, const FindingTally::Label& label) {
  const auto same = [&](const FieldFinding& f) { return f.code == rule.code && f.field == label.name; };
  const auto found = std::ranges::find_if(findings.fields, same);
  if (found != findings.fields.end()) return *found;
  FieldFinding& fresh = findings.fields.emplace_back();
  fresh.code = rule.code;
  fresh.field = label.name;
  fresh.degree = rule.degree;
  fresh.column = label.column;
  return fresh;
}

void put_in_order(InputFindings& findings) {
  for (FieldFinding& finding : findings.fields) {
    std::ranges::sort(finding.first, {}, &Position::row);
    if (finding.first.size() > finding_places_max) finding.first.resize(finding_places_max);
  }
  std::ranges::stable_sort(findings.fields, [](const FieldFinding& a, const FieldFinding& b) {
    return a.degree != b.degree ? a.degree == Degree::damage : a.rows > b.rows;
  });
}

}  // namespace

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

// The kind of the finding, after all values were seen.
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
      if (entry.rows == 0) continue;
      const ValueFinding finding = judged(field, static_cast<ValueFinding>(i));
      if (finding == ValueFinding::none) continue;
      FieldFinding& reported = finding_in(out, rule_of(finding), labels[field]);
      if (reported.rows == 0) reported.example = entry.example;
      reported.rows += entry.rows;
      reported.first.insert(reported.first.end(), entry.first.begin(), entry.first.end());
      if (rule_of(finding).needs_most) out.damaged_rows = std::max(out.damaged_rows, entry.rows);
    }
  }
  put_in_order(out);
  return out;
}

}  // namespace amend
