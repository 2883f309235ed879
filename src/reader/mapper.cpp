#include "amend/reader/mapper.hpp"

#include "reader/byte_scan.hpp"
#include "reader/column_name.hpp"
#include "reader/nested_fields.hpp"
#include "reader/row_faults.hpp"

namespace amend {
namespace {

constexpr std::size_t id_at = 0;
constexpr std::size_t guard_at = 1;
constexpr std::size_t fields_at = 2;

// Quotes and backslashes are all that needs escaping: control characters are refused before (RFC 8259 §7).
void append_json_string(std::string& out, std::string_view text) {
  const ByteSet special('"', '\\', '"', '\\');
  const char* at = text.data();
  const char* const end = at + text.size();
  out += '"';
  for (;;) {
    const char* const found = special.find(at, end);
    out.append(at, found);
    if (found == end) break;
    out += '\\';
    out += *found;
    at = found + 1;
  }
  out += '"';
}

// Length of the white space at the start of the text; 0: there is none.
std::size_t space_at_start(std::string_view text) noexcept {
  const char c = text.front();
  if (c == ' ' || (c >= '\t' && c <= '\r')) return 1;
  if (text.starts_with("\xC2\xA0")) return 2;
  if (text.starts_with("\xE3\x80\x80") || text.starts_with("\xEF\xBB\xBF")) return 3;
  const bool general = text.size() >= 3 && text.starts_with("\xE2\x80");
  return general && static_cast<unsigned char>(text[2]) <= 0x8B ? 3 : 0;
}

std::size_t space_at_end(std::string_view text) noexcept {
  for (std::size_t size = 1; size <= 3 && size <= text.size(); ++size)
    if (space_at_start(text.substr(text.size() - size)) == size) return size;
  return 0;
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t space = space_at_start(text);
    if (space == 0) break;
    text.remove_prefix(space);
  }
  while (!text.empty()) {
    const std::size_t space = space_at_end(text);
    if (space == 0) break;
    text.remove_suffix(space);
  }
  return text;
}

// What probably happened to an id, without repeating more of it than a person needs.
std::string id_trouble(std::string_view id) {
  const std::string shown = "\"" + printable(id, 40) + "\"";
  if (id.front() == ' ' || id.back() == ' ') return shown + " has spaces around it";
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
  return at < record.size() ? value(record, at) : std::string_view();
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

// Members of JSON have no fixed order: each row is searched anew.
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

// A row that lacks a field may have it inside another object: it is never sent as if it were blank.
std::optional<Reason> Mapper::find_nested(const Record& record) const {
  bool lacks_required = false;
  std::size_t fields = 0;
  for (const Wanted& wanted : wanted_) {
    if (wanted.rule == nullptr) continue;
    fields += wanted.at != nowhere ? 1 : 0;
    lacks_required = lacks_required || (wanted.at == nowhere && wanted.rule->required && form_ == RowForm::complete);
  }
  const Wanted& id = wanted_[id_at];
  if (fields > 0 && id.at != nowhere && !lacks_required) return std::nullopt;
  bool has_object = false;
  for (std::size_t i = 0; i < record.size(); ++i) has_object = has_object || record.kind(i) == FieldKind::other;
  if (!has_object) return std::nullopt;
  std::vector<std::string> lacking;
  for (const Wanted& wanted : wanted_)
    if (wanted.at == nowhere && !wanted.name.empty()) lacking.push_back(wanted.name);
  const std::string_view id_member = id.at == nowhere ? std::string_view() : record.name(id.at);
  const auto nested = find_nested_fields(record.raw(), lacking, id_member);
  if (!nested) return std::nullopt;
  return row_fault("input.json.nested", "fields are inside another object, in " + printable(nested->members, 100) +
                                            "; this puts them into the row itself: jq -c " +
                                            shell_quoted(nested->filter));
}

bool Mapper::means(const Wanted& wanted, std::string_view member) const noexcept {
  if (wanted.name.empty()) return false;
  if (same_column(wanted.name, member)) return true;
  return id_may_be_uuid_ && &wanted == &wanted_[id_at] && same_column("uuid", member);
}

std::optional<Reason> Mapper::append_id(const Record& record, Batch& out, Update& update) const {
  const Wanted& wanted = wanted_[id_at];
  if (is_blank(record, wanted.at) || value(record, wanted.at).empty()) {
    if (wanted.at == nowhere || record.kind(wanted.at) != FieldKind::other) {
      return fault_of(wanted, "missing", "the row has no id (" + printable(wanted.name, 60) + ")");
    }
    return fault_of(wanted, "type", "the id is a JSON boolean, array or object");
  }
  const std::string_view id = value(record, wanted.at);
  if (!is_key(id) && key_ == CustomerKey::uuid) return fault_of(wanted, "not_uuid", id_trouble(id));
  if (!is_key(id)) {
    return fault_of(wanted, "not_reference",
                    told(wanted) + " has control characters or more than " +
                        std::to_string(wonder::reference_code_points_max) + " characters");
  }
  const std::size_t begin = out.arena().size();
  out.arena() += id;
  update.id = out.slice_from(begin);
  update.key = wonder::customer_key(id);
  return std::nullopt;
}

std::optional<Reason> Mapper::append_body(const Record& record, Batch& out, Update& update) const {
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
                                           Update& update) const {
  const bool from_phone = dialed_ && &wanted == &wanted_[dial_code_];
  if (!from_phone && is_blank(record, wanted.at)) {
    // An optional field that the input does not have at all is never sent, whatever a blank cell would mean.
    if (wanted.at == nowhere && (!wanted.rule->required || form_ == RowForm::partial)) return std::nullopt;
    if (wanted.blank != Blank::omit) {
      body.append(wanted.key).append(wanted.blank == Blank::empty ? "\"\"," : "null,");
      return std::nullopt;
    }
    if (!wanted.rule->required || form_ == RowForm::partial) return std::nullopt;
    return fault_of(wanted, "missing", told(wanted) + " is required and blank or absent");
  }
  const FieldKind kind = from_phone ? FieldKind::text : record.kind(wanted.at);
  const std::string_view value = value_to_send(record, wanted);
  if (kind == FieldKind::other) {
    return fault_of(wanted, "type", told(wanted) + " is a JSON boolean, array or object, not a string");
  }
  if (kind == FieldKind::number && value.find_first_of("eE") != std::string_view::npos) {
    return fault_of(wanted, "number", told(wanted) + " is a number with an exponent: write it as a string");
  }
  if (auto reason = wonder::check_value(*wanted.rule, value)) {
    // Its text begins with the field's name: the column is told there too.
    if (reason->text.starts_with(wanted.code_name)) reason->text.replace(0, wanted.code_name.size(), told(wanted));
    reason->column = column_of(wanted);
    return reason;
  }
  body += wanted.key;
  append_json_string(body, value);
  body += ',';
  if (wanted.is_token) update.sends_token = !value.empty();
  return std::nullopt;
}

std::string_view Mapper::value_to_send(const Record& record, const Wanted& wanted) const noexcept {
  if (dialed_ && &wanted == &wanted_[phone_]) return dialed_->number;
  if (dialed_ && &wanted == &wanted_[dial_code_]) return dialed_->dial_code;
  return value(record, wanted.at);
}

// Never a guess: only what begins with '+' is split, and a row that says two different codes is refused.
std::optional<Reason> Mapper::split_phone(const Record& record) {
  const Wanted& phone = wanted_[phone_];
  dialed_.reset();
  if (is_blank(record, phone.at) || record.kind(phone.at) != FieldKind::text) return std::nullopt;
  const std::string_view number = value(record, phone.at);
  if (!number.starts_with('+')) return std::nullopt;
  dialed_ = wonder::split_dialed_number(number);
  if (!dialed_) {
    return fault_of(phone, "country_code", told(phone) + " begins with + but not with a country code and a number");
  }
  const Wanted& own = wanted_[dial_code_];
  if (is_blank(record, own.at)) return std::nullopt;
  if (record.kind(own.at) == FieldKind::other) {
    return fault_of(own, "type", told(own) + " is a JSON boolean, array or object, not a string");
  }
  const std::string_view written = value(record, own.at);
  if (written.empty() || wonder::same_dial_code(written, dialed_->dial_code)) return std::nullopt;
  return fault_of(
      phone, "country_code",
      told(phone) + " has the country code " + std::string(dialed_->dial_code) + ", " + told(own) + " is another one");
}

std::optional<Reason> Mapper::append_guard(const Record& record, Batch& out, Update& update) const {
  const Wanted& wanted = wanted_[guard_at];
  if (wanted.name.empty()) return std::nullopt;
  if (wanted.at != nowhere && record.kind(wanted.at) == FieldKind::other) {
    return fault_of(wanted, "type", printable(wanted.name, 60) + " is a JSON boolean, array or object");
  }
  if (is_blank(record, wanted.at) || value(record, wanted.at).empty()) {
    return fault_of(wanted, "missing", "--guard: " + printable(wanted.name, 60) + " is blank or absent");
  }
  const std::size_t begin = out.arena().size();
  out.arena() += value(record, wanted.at);
  update.guard = out.slice_from(begin);
  return std::nullopt;
}

bool Mapper::is_blank(const Record& record, std::size_t at) const noexcept {
  if (at == nowhere) return true;
  if (format_ == Format::csv) return value(record, at).find_first_not_of(' ') == std::string_view::npos;
  if (record.kind(at) == FieldKind::null) return true;
  // What --trim empties was only white space; "" itself is somebody's will.
  return trim_ && record.kind(at) == FieldKind::text && !record.field(at).empty() && value(record, at).empty();
}

std::string_view Mapper::value(const Record& record, std::size_t at) const noexcept {
  return trim_ ? trimmed(record.field(at)) : record.field(at);
}

Reason Mapper::fault_of(const Wanted& wanted, std::string_view what, const std::string& text) const {
  return row_fault("input." + wanted.code_name + "." + std::string(what), text, column_of(wanted));
}

// Of a CSV; the members of NDJSON have no numbers.
std::uint32_t Mapper::column_of(const Wanted& wanted) const noexcept {
  return format_ == Format::csv && wanted.at != nowhere ? static_cast<std::uint32_t>(wanted.at + 1) : 0;
}

// The field, and where its value stands when that has another name.
std::string Mapper::told(const Wanted& wanted) const {
  if (wanted.name.empty() || wanted.name == wanted.code_name) return wanted.code_name;
  return wanted.code_name + " (" + printable(wanted.name, 60) + ")";
}

}  // namespace amend
