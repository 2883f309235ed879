#include "pipeline/planned_call.hpp"

#include <optional>
#include <unordered_set>

#include "amend/reconcile/comparison.hpp"
#include "amend/wonder/customer.hpp"
#include "amend/wonder/customer_schema.hpp"

namespace amend {
namespace {

using wonder::Judgement;
using wonder::Meaning;

class PlannedCall final : public ApiCall {
 public:
  PlannedCall(const std::string& path_prefix, Guard guard, Recheck recheck)
      : put_(make_update_call(path_prefix, guard)), recheck_(recheck) {}

  std::string_view method(const RowRef& row) const noexcept override { return writes(row) ? "PUT" : "GET"; }
  bool writes(const RowRef& row) const noexcept override {
    return recheck_ == Recheck::no || checked_.contains(row->position.row);
  }
  void append_target(const RowRef& row, std::string& out) const override { put_->append_target(row, out); }
  std::string_view body(const RowRef& row) const noexcept override {
    return writes(row) ? row.body() : std::string_view();
  }

  Judgement judge(const Response& response, const RowRef& row) override {
    const bool wrote = writes(row);
    Judgement judgement = put_->judge(response, row);
    if (judgement.meaning == Meaning::card_refused && !wrote) judgement = Judgement(Meaning::success);
    if (judgement.meaning != Meaning::success) return judgement;
    const auto shown = wonder::read_customer(response.body);
    if (!shown) return Judgement(Meaning::unusable, "answer.not_customer", "the answer holds no data.customer");
    if (!wrote) return judge_current(row, *shown);
    checked_.erase(row->position.row);
    note_differences(row, *shown, judgement);
    return judgement;
  }

 private:
  Judgement judge_current(const RowRef& row, const wonder::Customer& current) {
    const WantedFields sent(row.body());
    const bool as_wanted = drift(sent, current).none() && !sends_what_is_not_shown(sent);
    if (as_wanted) return Judgement(Meaning::unchanged);
    const FieldSet changed = other_values(WantedFields(row.before()), current) & fields_of(sent);
    if ((changed & drift(sent, current)).any())
      return Judgement(Meaning::withheld, "reconcile.changed", "changed since it was compared: " + names_of(changed));
    checked_.insert(row->position.row);
    return Judgement(Meaning::go_on);
  }

  void note_differences(const RowRef& row, const wonder::Customer& shown, Judgement& judgement) {
    const WantedFields sent(row.body());
    const FieldSet drifted = drift(sent, shown);
    judgement.drift = static_cast<std::uint8_t>(drifted.to_ulong());
    const FieldSet by_others = other_values(WantedFields(row.before()), shown) & ~fields_of(sent);
    const auto warn = [&](std::string_view text, FieldSet fields) {
      if (fields.none()) return;
      if (!judgement.warning.empty()) judgement.warning += "; ";
      judgement.warning.append(text).append(names_of(fields));
    };
    warn("the answer shows other values than were sent: ", drifted);
    warn("changed meanwhile by somebody else: ", by_others);
  }

  static FieldSet fields_of(const WantedFields& values) {
    FieldSet fields;
    for (std::size_t i = 0; i < fields.size(); ++i) fields.set(i, values[i].has_value());
    return fields;
  }

  // A company_name: whether it is right already, nobody can say.
  static bool sends_what_is_not_shown(const WantedFields& sent) { return not_shown(sent).any(); }

  std::unique_ptr<ApiCall> put_;
  Recheck recheck_;
  std::unordered_set<std::uint64_t> checked_;  // rows in flight whose customer was read and may be written
};

}  // namespace

std::unique_ptr<ApiCall> make_planned_call(const std::string& path_prefix, Guard guard, Recheck recheck) {
  return std::make_unique<PlannedCall>(path_prefix, guard, recheck);
}

}  // namespace amend
