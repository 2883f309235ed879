#include "plan/planned_rows.hpp"

#include "amend/run/journal.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "run/input_identity.hpp"
#include "run/json_reading.hpp"

namespace amend {
namespace {

constexpr std::string_view not_found_code = "reconcile.not_found";

Slice append(Batch& out, std::string_view text) {
  const std::size_t begin = out.arena().size();
  out.arena() += text;
  return out.slice_from(begin);
}

// A token that is only carried over binds no card: an error of the card on file does not fail the row.
bool binds_card(const PlannedRow& row) {
  const std::string token = text_in(object_in(row.body), "default_payment_token");
  return !token.empty() && !wonder::same_id(token, text_in(object_in(row.before), "default_payment_token"));
}

PreparedRow end_of(const PlannedRow& row) {
  switch (row.sign) {
    case RowSign::same:
    case RowSign::passed_over: return PreparedRow::ended(Status::unchanged);
    case RowSign::superseded: return PreparedRow::ended(Status::superseded);
    case RowSign::only_file:
      return PreparedRow::ended(Status::failed,
                                Reason(std::string(not_found_code), "the API has no such customer", Origin::api));
    case RowSign::unreadable:
      return PreparedRow::ended(row.reason.origin == Origin::input ? Status::rejected : Status::failed, row.reason);
    case RowSign::only_api:
    case RowSign::differs: break;
  }
  return PreparedRow::to_send();
}

}  // namespace

void PlannedRows::go_to(const Record& record) {
  const std::uint64_t wanted = record.position().row;
  while (row_.row < wanted) {
    if (!plan_.next(row_) || row_.row == 0)
      throw InputError(name_ + " has no line for row " + std::to_string(wanted) +
                       ": the input file has more rows than were compared. Nothing was sent for this row. Restore the "
                       "file, or reconcile it again");
  }
  if (row_.row != wanted || row_.hash != content_hash(record.raw())) refuse_other_row(input_, record.position());
}

// Rows that have their record already were skipped.
void PlannedRows::end_of_input(std::uint64_t last_row) {
  while (plan_.next(row_) && row_.row != 0) require_row(input_, row_.row, last_row);
}

std::uint64_t PlannedRows::key_of(const Record& record) {
  go_to(record);
  return row_.id.empty() ? 0 : wonder::customer_key(row_.id);
}

PreparedRow PlannedRows::prepare(const Record& record, Batch& out) {
  go_to(record);
  Update update;
  update.position = record.position();
  update.id = append(out, row_.id.empty() ? row_.key : row_.id);
  update.raw = append(out, record.raw());
  PreparedRow prepared = end_of(row_);
  if (!prepared.end()) {
    update.key = wonder::customer_key(row_.id);
    update.body = append(out, row_.body);
    update.before = append(out, row_.before);
    update.guard = append(out, row_.key);
    update.sends_token = binds_card(row_);
  }
  out.push_back(update);
  return prepared;
}

}  // namespace amend
