#include "plan/planned_call.hpp"

#include <optional>
#include <unordered_set>

#include "amend/run/journal.hpp"
#include "amend/wonder/customer_schema.hpp"

namespace amend {
namespace {

using wonder::Classification;
using wonder::ResponseClass;

constexpr std::uint16_t too_many_requests = 429;

class PlannedCall final : public ApiCall {
 public:
  PlannedCall(const std::string& path_prefix, Guard guard, const ReconcileConfig& config)
      : put_(make_update_call(path_prefix, guard)), comparison_(config), recheck_(config.recheck) {}

  std::string_view method(const RowRef& row) const noexcept override { return writes(row) ? "PUT" : "GET"; }
  bool writes(const RowRef& row) const noexcept override {
    return recheck_ == Recheck::no || checked_.contains(row->position.row);
  }
  void append_target(const RowRef& row, std::string& out) const override { put_->append_target(row, out); }
  std::string_view body(const RowRef& row) const noexcept override {
    return writes(row) ? row.body() : std::string_view();
  }

  Classification classify(const Response& response, const RowRef& row) override {
    const bool wrote = writes(row);
    Classification classification = put_->classify(response, row);
    // The GET shows a card error of an earlier request, which does not concern this row.
    if (classification.response_class == ResponseClass::card_refused && !wrote)
      classification = Classification(ResponseClass::success);
    if (wrote) note_try(row, response.status == too_many_requests ? Tried::no : Tried::maybe);
    if (classification.response_class != ResponseClass::success) return classification;
    const auto shown = wonder::read_customer(response.body);
    if (!shown)
      return Classification(ResponseClass::unusable, "answer.not_customer",
                            "the response contains no customer (data.customer)");
    if (!wrote) return judge_current(row, *shown);
    note_differences(row, *shown, classification);
    return classification;
  }

  void lost(const RowRef& row, Applied applied) override {
    if (writes(row)) note_try(row, applied == Applied::no ? Tried::no : Tried::maybe);
  }
  void outdated(const RowRef& row) override { checked_.erase(row->position.row); }
  void ended(const RowRef& row) override {
    checked_.erase(row->position.row);
    tried_.erase(row->position.row);
  }

 private:
  enum class Tried : std::uint8_t { no, maybe };

  // The customer is read again before it is written again, because much time may have passed.
  void note_try(const RowRef& row, Tried tried) {
    if (recheck_ == Recheck::no) return;
    checked_.erase(row->position.row);
    if (tried == Tried::maybe) tried_.insert(row->position.row);
  }

  Classification judge_current(const RowRef& row, const wonder::Customer& current) {
    const WantedFields sent(row.body());
    const FieldSet otherwise = comparison_.drift(sent, current);
    if (otherwise.none() && not_shown(sent).none()) return as_wanted(row);
    const FieldSet changed = other_values(WantedFields(row.before()), current) & otherwise;
    if (changed.any()) return withheld(row, changed);
    checked_.insert(row->position.row);
    return Classification(ResponseClass::next_request);
  }

  Classification withheld(const RowRef& row, FieldSet changed) const {
    std::string text = "the customer changed after the comparison: " + names_of(changed);
    if (tried_.contains(row->position.row))
      text += "; the cause is another client, or amend's own PUT, whose response was lost";
    return Classification(ResponseClass::withheld, "reconcile.changed", std::move(text));
  }

  Classification as_wanted(const RowRef& row) const {
    if (!tried_.contains(row->position.row)) return Classification(ResponseClass::unchanged);
    Classification classification(ResponseClass::success);
    classification.warning = "the PUT got no complete response, but the API shows the values that were sent";
    return classification;
  }

  void note_differences(const RowRef& row, const wonder::Customer& shown, Classification& classification) {
    const WantedFields sent(row.body());
    const FieldSet drifted = comparison_.drift(sent, shown);
    classification.drift = static_cast<std::uint8_t>(drifted.to_ulong());
    if (drifted.any()) classification.drift_mark = drift_mark(row.body(), drifted, shown);
    const FieldSet by_others = comparison_.other_values(WantedFields(row.before()), shown) & ~fields_of(sent);
    const auto warn = [&](std::string_view text, FieldSet fields) {
      if (fields.none()) return;
      if (!classification.warning.empty()) classification.warning += "; ";
      classification.warning.append(text).append(names_of(fields));
    };
    warn("the values in the response differ from the values that were sent: ", drifted);
    warn("changed by another client, not by this request: ", by_others);
  }

  static FieldSet fields_of(const WantedFields& values) {
    FieldSet fields;
    for (std::size_t i = 0; i < fields.size(); ++i) fields.set(i, values[i].has_value());
    return fields;
  }

  std::unique_ptr<ApiCall> put_;
  Comparison comparison_;
  Recheck recheck_;
  std::unordered_set<std::uint64_t> checked_;  // rows in flight whose customer was read and may be written
  std::unordered_set<std::uint64_t> tried_;    // rows in flight that may have been written
};

}  // namespace

std::uint64_t drift_mark(std::string_view sent, FieldSet drifted, const wonder::Customer& shown) {
  std::string text(sent);
  for (std::size_t i = 0; i < drifted.size(); ++i)
    if (drifted[i]) text.append(1, '\n').append(shown.fields[i]);
  return content_hash(text);
}

std::unique_ptr<ApiCall> make_planned_call(const std::string& path_prefix, Guard guard, const ReconcileConfig& config) {
  return std::make_unique<PlannedCall>(path_prefix, guard, config);
}

}  // namespace amend
