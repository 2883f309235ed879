#include "reader/mapping/mapper.hpp"

#include <algorithm>

#include "reader/json/nested_fields.hpp"
#include "reader/mapping/column_name.hpp"
#include "reader/mapping/phone_shape.hpp"
#include "reader/mapping/row_faults.hpp"
#include "reader/trim.hpp"
#include "row/byte_scan.hpp"

namespace amend {
namespace {

constexpr std::size_t whole_row = RowFindings::fields_max - 1;

// Line breaks and tabs are the only control characters here: all others were refused before.
void append_json_string(std::string& out, std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  out += '"';
  for (;;) {
    const char* const found = find_byte(at, end, JsonEscaped());
    out.append(at, found);
    if (found == end) break;
    out += '\\';
    out += *found == '\n' ? 'n' : *found == '\r' ? 'r' : *found == '\t' ? 't' : *found;
    at = found + 1;
  }
  out += '"';
}

bool may_have_nested(const Record& record) noexcept {
  for (std::size_t i = 0; i < record.size(); ++i)
    if (record.kind(i) == FieldKind::other || record.field(i).starts_with('{')) return true;
  return false;
}

// What a program did to a value explains the remedy better than the rule that the value breaks.
std::string damage_note(ValueRole role, std::string_view value) {
  const ValueFinding finding = look_at_value(role == ValueRole::other ? ValueRole::reference : role, value);
  if (finding == ValueFinding::none) return {};
  const FindingRule& rule = rule_of(finding);
  const bool is_sure = (rule.degree == Degree::damage && !rule.needs_most) || finding == ValueFinding::space;
  const OwnCode* own = is_sure ? find_own_code(rule.code) : nullptr;
  return own == nullptr ? std::string() : "; " + std::string(own->meaning) + " " + std::string(own->remedy);
}

// The probable damage of an id. It shows no more of the id than an operator needs.
std::string id_trouble(std::string_view id) {
  if (const std::string hidden = invisible_character(id); !hidden.empty())
    return "the id contains " + hidden + ", which is invisible: --trim removes it at the start or end of the id";
  const std::string shown = "\"" + printable(id, 40) + "\"";
  if (trimmed(id) != id) return shown + " has spaces around it: --trim drops them";
  if (is_enclosed(id))
    return shown +
           " is in quotes that are not CSV quotes (\"): export it with straight double quotes, or without quotes";
  if (without_formula(ValueRole::other, id) != id)
    return shown + " is written as text for a spreadsheet: --strip-formula removes the apostrophe or the =\"…\"";
  const bool numeric = id.find_first_not_of("0123456789.+-eE") == std::string_view::npos;
  if (numeric && id.find_first_of("eE") != std::string_view::npos && id.find_first_of("+.") != std::string_view::npos) {
    return shown + " is a number that a spreadsheet has rounded: export the column as text";
  }
  if (id.size() != 36) return shown + " has " + std::to_string(id.size()) + " bytes; a uuid has 36";
  return shown + " is not of the form 8-4-4-4-12 hexadecimal digits";
}

}  // namespace

std::optional<Reason> Mapper::map(const Record& record, Batch& out) {
  Update update;
  update.position = record.position();
  findings_.clear();
  std::optional<Reason> reason = record.fault();
  if (!reason && format_ == Format::ndjson) reason = find_members(record);
  if (!reason && format_ == Format::ndjson) reason = find_nested(record);
  if (!reason) reason = append_id(record, out, update);
  if (!reason && split_phone_) reason = split_phone(record);
  const std::size_t behind_id = out.arena().size();
  if (!reason) reason = append_body(record, out, update);
  if (!reason) reason = append_guard(record, out, update);
  if (reason) {
    out.arena().resize(behind_id);
    update.body = update.guard = Slice();
    update.sends_token = false;
  }
  const std::size_t raw_begin = out.arena().size();
  out.arena() += record.raw();
  update.raw = out.slice_from(raw_begin);
  out.push_back(update);
  return reason;
}

std::string_view Mapper::id_of(const Record& record) const noexcept {
  if (record.fault()) return {};
  std::size_t at = wanted_[id_at].at;
  if (format_ == Format::ndjson) {
    at = 0;
    while (at < record.size() && !means(wanted_[id_at], record.name(at))) ++at;
  }
  return at < record.size() ? cleaned(record.field(at), wanted_[id_at]) : std::string_view();
}

PreparedRow Mapper::prepare(const Record& record, Batch& out) {
  std::optional<Reason> reason = record.fault();
  if (reason) {
    reject(record, out);
  } else {
    reason = map(record, out);
  }
  return reason ? PreparedRow::ended(Status::rejected, std::move(*reason)) : PreparedRow::to_send();
}

std::uint64_t Mapper::key_of(const Record& record) {
  const std::string_view id = id_of(record);
  return is_key(id) ? wonder::customer_key(id) : 0;
}

bool Mapper::is_key(std::string_view id) const noexcept {
  if (key_ == CustomerKey::uuid) return wonder::is_uuid(id);
  return wonder::is_reference_number(id);
}

void Mapper::reject(const Record& record, Batch& out) const {
  Update update;
  update.position = record.position();
  const std::size_t begin = out.arena().size();
  out.arena() += record.raw();
  update.raw = out.slice_from(begin);
  out.push_back(update);
}

// JSON members have no fixed order, so each row is searched from the start.
std::optional<Reason> Mapper::find_members(const Record& record) {
  for (Wanted& wanted : wanted_) wanted.at = nowhere;
  for (std::size_t i = 0; i < record.size(); ++i) {
    for (Wanted& wanted : wanted_) {
      if (!means(wanted, record.name(i))) continue;
      if (wanted.at != nowhere) {
        return row_fault("input.json.duplicate_key", "the members \"" + printable(record.name(wanted.at), 40) +
                                                         "\" and \"" + printable(record.name(i), 40) + "\" both mean " +
                                                         wanted.code_name);
      }
      wanted.at = i;
    }
  }
  return std::nullopt;
}

// A row that lacks a field may have it inside another object. Such a row is never sent as if the field were blank.
std::optional<Reason> Mapper::find_nested(const Record& record) const {
  bool lacks_required = false;
  bool has_field = false;
  for (const Wanted& wanted : wanted_) {
    if (wanted.rule == nullptr) continue;
    has_field = has_field || wanted.at != nowhere;
    lacks_required = lacks_required || (wanted.at == nowhere && wanted.rule->required && form_ == RowForm::complete);
  }
  if (has_field && wanted_[id_at].at != nowhere && !lacks_required) return std::nullopt;
  if (!may_have_nested(record)) return std::nullopt;
  std::vector<std::string> lacking;
  std::vector<std::string> own;  // the id first
  for (const Wanted& wanted : wanted_) {
    const bool is_there = wanted.at != nowhere;
    if (is_there || &wanted == &wanted_[id_at]) own.emplace_back(is_there ? record.name(wanted.at) : "");
    if (!is_there && !wanted.name.empty()) lacking.push_back(wanted.name);
  }
  const auto nested = find_nested_fields(record.raw(), lacking, own);
  if (!nested) return std::nullopt;
  return row_fault("input.json.nested",
                   "fields are inside other objects: " + printable(nested->members, 100) +
                       (nested->is_choice ? "; several of these objects contain the same field. To take the value "
                                            "from the last object, run: jq -c "
                                          : "; to move these fields to the top level of each row, run: jq -c ") +
                       shell_quoted(nested->filter));
}

bool Mapper::means(const Wanted& wanted, std::string_view member) const noexcept {
  if (wanted.name.empty()) return false;
  if (same_column(wanted.name, member)) return true;
  return id_may_be_uuid_ && &wanted == &wanted_[id_at] && same_column("uuid", member);
}

std::optional<Reason> Mapper::append_id(const Record& record, Batch& out, Update& update) {
  const Wanted& wanted = wanted_[id_at];
  if (is_blank(record, wanted) || value(record, wanted).empty()) {
    if (wanted.at == nowhere || record.kind(wanted.at) != FieldKind::other) {
      return fault_of(wanted, "missing", "the row has no id (" + printable(wanted.name, 60) + ")");
    }
    return fault_of(wanted, "type", "the id is a JSON boolean, array or object");
  }
  const std::string_view id = value(record, wanted);
  if (!is_key(id) && key_ == CustomerKey::uuid) return fault_of(wanted, "not_uuid", id_trouble(id));
  if (!is_key(id)) {
    return fault_of(wanted, "not_reference",
                    told(wanted) + " has control characters or more than " +
                        std::to_string(wonder::reference_code_points_max) + " characters");
  }
  if (key_ == CustomerKey::reference) findings_.add(id_at, look_at_value(ValueRole::reference, id), id);
  const std::size_t begin = out.arena().size();
  out.arena() += id;
  update.id = out.slice_from(begin);
  update.key = wonder::customer_key(id);
  return std::nullopt;
}

std::optional<Reason> Mapper::append_body(const Record& record, Batch& out, Update& update) {
  std::string& body = out.arena();
  const std::size_t begin = body.size();
  body += '{';
  for (std::size_t i = fields_at; i < wanted_.size(); ++i) {
    auto reason = append_value(record, wanted_[i], body, update);
    if (reason) return reason;
  }
  if (body.back() == ',') body.pop_back();
  body += '}';
  update.body = out.slice_from(begin);
  return std::nullopt;
}

std::optional<Reason> Mapper::append_value(const Record& record, const Wanted& wanted, std::string& body,
                                           Update& update) {
  const bool from_phone = dialed_ && &wanted == &wanted_[dial_code_];
  const std::string_view in_file = wanted.at == nowhere ? std::string_view() : value(record, wanted);
  if (!from_phone && is_blank(record, wanted, in_file)) {
    // An optional field that is absent from the whole input is never sent, whatever `--blank` says.
    if (wanted.at == nowhere && (!wanted.rule->required || form_ == RowForm::partial)) return std::nullopt;
    if (wanted.blank != Blank::omit) {
      body.append(wanted.key).append(wanted.blank == Blank::empty ? "\"\"," : "null,");
      return std::nullopt;
    }
    if (!wanted.rule->required || form_ == RowForm::partial) return std::nullopt;
    return fault_of(wanted, "missing", told(wanted) + " is required, but it is blank or absent");
  }
  const FieldKind kind = from_phone ? FieldKind::text : record.kind(wanted.at);
  const std::string_view value = value_to_send(wanted, in_file);
  if (kind == FieldKind::other) {
    return fault_of(wanted, "type", told(wanted) + " is a JSON boolean, array or object, not a string");
  }
  if (kind == FieldKind::number && value.find_first_of("eE") != std::string_view::npos) {
    return fault_of(wanted, "number", told(wanted) + " is a number with an exponent: write it as a string");
  }
  if (auto reason = wonder::check_value(*wanted.rule, value)) {
    // The text begins with the field's name: name the column there too.
    if (reason->text.starts_with(wanted.code_name)) reason->text.replace(0, wanted.code_name.size(), told(wanted));
    reason->column = column_of(wanted);
    reason->text += damage_note(wanted.role, value);
    return reason;
  }
  if (!from_phone) findings_.add(index_of(wanted), look_at_value(wanted.role, in_file), in_file);
  body += wanted.key;
  append_json_string(body, value);
  body += ',';
  if (wanted.is_token) update.sends_token = !value.empty();
  return std::nullopt;
}

std::string_view Mapper::value_to_send(const Wanted& wanted, std::string_view in_file) const noexcept {
  if (dialed_ && &wanted == &wanted_[phone_]) return dialed_->number;
  if (dialed_ && &wanted == &wanted_[dial_code_]) return dialed_->dial_code;
  return in_file;
}

// The country code is never guessed: only a phone that begins with '+' is split. A row with two different codes is
// rejected.
std::optional<Reason> Mapper::split_phone(const Record& record) {
  const Wanted& phone = wanted_[phone_];
  dialed_.reset();
  if (is_blank(record, phone) || record.kind(phone.at) != FieldKind::text) return std::nullopt;
  const std::string_view number = value(record, phone);
  if (!number.starts_with('+')) return std::nullopt;
  if (has_several_phones(number))
    return fault_of(phone, "country_code",
                    told(phone) + " has more than one number: amend cannot separate the country code");
  dialed_ = wonder::split_dialed_number(number);
  if (!dialed_) {
    return fault_of(phone, "country_code", told(phone) + " must have a known country code and a number after the +");
  }
  const Wanted& own = wanted_[dial_code_];
  if (is_blank(record, own)) return std::nullopt;
  if (record.kind(own.at) == FieldKind::other) {
    return fault_of(own, "type", told(own) + " is a JSON boolean, array or object, not a string");
  }
  const std::string_view written = value(record, own);
  if (written.empty() || wonder::same_dial_code(written, dialed_->dial_code)) return std::nullopt;
  return fault_of(phone, "country_code",
                  told(phone) + " has the country code " + std::string(dialed_->dial_code) + ", " + told(own) +
                      " has a different one");
}

std::optional<Reason> Mapper::append_guard(const Record& record, Batch& out, Update& update) const {
  const Wanted& wanted = wanted_[guard_at];
  if (wanted.name.empty()) return std::nullopt;
  if (wanted.at != nowhere && record.kind(wanted.at) == FieldKind::other) {
    return fault_of(wanted, "type", printable(wanted.name, 60) + " is a JSON boolean, array or object");
  }
  if (is_blank(record, wanted) || value(record, wanted).empty()) {
    return fault_of(wanted, "missing", "--guard: " + printable(wanted.name, 60) + " is blank or absent");
  }
  const std::size_t begin = out.arena().size();
  out.arena() += value(record, wanted);
  update.guard = out.slice_from(begin);
  return std::nullopt;
}

bool Mapper::is_blank(const Record& record, const Wanted& wanted) const noexcept {
  return wanted.at == nowhere || is_blank(record, wanted, value(record, wanted));
}

bool Mapper::is_blank(const Record& record, const Wanted& wanted, std::string_view text) const noexcept {
  if (wanted.at == nowhere) return true;
  if (std::ranges::find(null_texts_, text) != null_texts_.end()) return true;
  if (format_ == Format::csv) return text.find_first_not_of(' ') == std::string_view::npos;
  if (record.kind(wanted.at) == FieldKind::null) return true;
  // An option can only empty white space or an empty formula. A value that is "" in the file is intended.
  return record.kind(wanted.at) == FieldKind::text && !record.field(wanted.at).empty() && text.empty();
}

std::string_view Mapper::value(const Record& record, const Wanted& wanted) const noexcept {
  return cleaned(record.field(wanted.at), wanted);
}

// Applies the configured repairs and no others.
std::string_view Mapper::cleaned(std::string_view text, const Wanted& wanted) const noexcept {
  if (trim_) text = trimmed(text);
  if (!strip_formula_) return text;
  text = without_formula(wanted.role, text);
  return trim_ ? trimmed(text) : text;
}

void Mapper::will_be_sent(const Record& record) { tally_.add(findings_, record.position()); }

void Mapper::note_rejected(const Record& record, ValueFinding finding, std::string_view value) {
  findings_.clear();
  findings_.add(finding == ValueFinding::backslash ? whole_row : id_at, finding, value);
  tally_.add(findings_, record.position());
}

InputFindings Mapper::findings() const {
  std::vector<FindingTally::Label> labels(whole_row + 1);
  for (std::size_t i = 0; i < wanted_.size(); ++i) {
    labels[i].name = i == id_at && key_ == CustomerKey::reference ? "reference_number" : wanted_[i].code_name;
    labels[i].column = column_of(wanted_[i]);
  }
  return tally_.report(labels);
}

Reason Mapper::fault_of(const Wanted& wanted, std::string_view what, const std::string& text) const {
  return row_fault("input." + wanted.code_name + "." + std::string(what), text, column_of(wanted));
}

// Only for CSV: the members of NDJSON have no numbers.
std::uint32_t Mapper::column_of(const Wanted& wanted) const noexcept {
  return format_ == Format::csv && wanted.at != nowhere ? static_cast<std::uint32_t>(wanted.at + 1) : 0;
}

// The field's name, with the name of its column when that differs.
std::string Mapper::told(const Wanted& wanted) const {
  if (wanted.name.empty() || wanted.name == wanted.code_name) return wanted.code_name;
  return wanted.code_name + " (" + printable(wanted.name, 60) + ")";
}

}  // namespace amend
