// The part of the mapper that runs once: it turns options and header into the columns to read from each row.
#include <algorithm>
#include <utility>

#include "reader/encoding/ascii.hpp"
#include "reader/mapping/column_name.hpp"
#include "reader/mapping/mapper.hpp"
#include "row/closest_name.hpp"
#include "row/own_column.hpp"

namespace amend {
namespace {

constexpr std::size_t absent = static_cast<std::size_t>(-1);

std::string quoted(std::string_view name) { return "\"" + printable(name, 60) + "\""; }

std::string listed(const std::vector<std::string>& header) {
  constexpr std::size_t shown_max = 30;
  std::string out = "the columns are: ";
  for (std::size_t i = 0; i < header.size() && i < shown_max; ++i) out += (i == 0 ? "" : ", ") + quoted(header[i]);
  if (header.size() > shown_max) out += " and " + std::to_string(header.size() - shown_max) + " more";
  return out;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = ascii_lower(c);
  return out;
}

// The column that was probably meant: one that is spelled almost like `name`, or the only one that contains it. Empty:
// none.
std::string nearest_column(const std::vector<std::string>& header, std::string_view name) {
  const std::string wanted = lower_case(name);
  std::vector<std::string> columns;
  for (const std::string& column : header) columns.push_back(lower_case(column));
  const std::vector<std::string_view> names(columns.begin(), columns.end());
  const std::string_view close = closest_name(wanted, names);
  const auto fits = [&](std::string_view column) {
    return close.empty() ? column.find(wanted) != std::string_view::npos : column == close;
  };
  if (wanted.empty() || std::ranges::count_if(names, fits) != 1) return {};
  return header[static_cast<std::size_t>(std::ranges::find_if(names, fits) - names.begin())];
}

// The setting that selects that column: "map" with "phone=telephone".
MappingError::Setting setting_for(const std::vector<std::string>& header, std::string_view name, std::string option,
                                  const std::string& before = {}) {
  const std::string column = nearest_column(header, name);
  return column.empty() ? MappingError::Setting() : MappingError::Setting(std::move(option), before + column);
}

// "id" is part of too many words, so it must be a whole word of the column's name.
MappingError::Setting id_setting(const std::vector<std::string>& header) {
  for (const std::string_view name : {"customer_id", "customer id", "customer_uuid", "customer"}) {
    const auto at = std::ranges::find_if(header, [&](const std::string& column) { return same_column(column, name); });
    if (at != header.end()) return {"id-column", *at};
  }
  return setting_for(header, "uuid", "id-column");
}

// Quotes that CSV does not know are part of the names.
std::string quotes_hint(const std::vector<std::string>& header) {
  if (!std::ranges::any_of(header, is_enclosed)) return {};
  return "; their names are in quotes that are not CSV quotes (\"): export the file with straight double quotes, or "
         "without quotes";
}

// A single column whose name contains a usual separator was probably read with a wrong --delimiter.
std::string delimiter_hint(const std::vector<std::string>& header) {
  if (header.size() != 1 || header[0].find_first_of(",;\t|") == std::string::npos) return {};
  return "; the only column has a separator in its name: check --delimiter and the sep= line. Without both, amend "
         "detects the "
         "separator";
}

std::string header_hint(const std::vector<std::string>& header) { return delimiter_hint(header) + quotes_hint(header); }

// amend drops and rewrites its own columns, so a retry file would lose the data of such a column.
[[noreturn]] void refuse_own_column(const std::string& option) {
  throw ConfigError(printable(option) +
                    ": columns that begin with amend_ belong to amend and are not sent: rename the "
                    "column in the file");
}

// An exact name wins over names that differ in case and spaces. Two names of the latter kind are ambiguous.
std::size_t find_column(const std::vector<std::string>& header, std::string_view name, const std::string& what) {
  const auto exact = std::ranges::find(header, name);
  if (exact != header.end()) return static_cast<std::size_t>(exact - header.begin());
  std::size_t found = absent;
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (is_own_column(header[i]) || !same_column(header[i], name)) continue;
    if (found != absent) {
      throw ConfigError(what + ": the columns " + quoted(header[found]) + " and " + quoted(header[i]) +
                        " both match; rename one, or write the exact column name");
    }
    found = i;
  }
  return found;
}

// A column that is found by its own name must be unique: an exact name does not win over a similar one.
std::size_t find_self_named(const std::vector<std::string>& header, const std::string& name,
                            const std::string& option) {
  std::size_t found = absent;
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (is_own_column(header[i]) || !same_column(header[i], name)) continue;
    if (found != absent) {
      throw ConfigError("two columns for " + name + ": " + quoted(header[found]) + " and " + quoted(header[i]) +
                        "; choose with " + option);
    }
    found = i;
  }
  return found;
}

// The effect of a blank cell at the API when it does more than leave the field out (src/wonder/README.md §5).
std::string sent_class(const wonder::FieldRule& rule, Blank blank) {
  if (blank == Blank::null) return "null, which the API does not document";
  if (rule.clearable) return "\"\", which clears it";
  return rule.note.find("unchanged") != std::string_view::npos ? "\"\", which leaves it unchanged"
                                                               : "\"\", which the API does not document";
}

std::string blank_meaning(const wonder::FieldRule* rule, Blank blank) {
  return rule == nullptr || blank == Blank::omit ? std::string() : " (blank: " + sent_class(*rule, blank) + ")";
}

std::string field_names() {
  std::string out;
  for (const auto& field : wonder::customer_fields()) out += (out.empty() ? "" : ", ") + std::string(field.name);
  return out;
}

}  // namespace

Mapper::Mapper(const MappingConfig& config, Format format, const std::vector<std::string>& header)
    : format_(format),
      form_(config.form),
      trim_(config.trim),
      split_phone_(config.split_phone),
      strip_formula_(config.strip_formula),
      null_texts_(config.null_texts) {
  wanted_.resize(fields_at);
  wanted_[id_at].code_name = "id";
  wanted_[guard_at].code_name = "guard";
  wanted_[guard_at].role = ValueRole::reference;
  for (const auto& field : wonder::customer_fields()) {
    Wanted wanted;
    wanted.code_name = field.name;
    wanted.rule = &field;
    wanted.key = "\"" + std::string(field.name) + "\":";
    wanted.role = role_of(field.name);
    wanted.is_token = field.name == "default_payment_token";
    if (field.name == "phone") phone_ = wanted_.size();
    if (field.name == "dial_code") dial_code_ = wanted_.size();
    wanted_.push_back(std::move(wanted));
  }
  read_blanks(config);
  name_by_options(config);
  if (format_ == Format::csv && !header.empty()) find_columns(config, header);
  if (format_ == Format::ndjson) {
    if (!config.reference_column.empty()) {
      key_ = CustomerKey::reference;
      wanted_[id_at].role = ValueRole::reference;
      wanted_[id_at].name = config.reference_column;
    }
    id_may_be_uuid_ = wanted_[id_at].name.empty();
    if (id_may_be_uuid_) wanted_[id_at].name = "id";
    for (Wanted& wanted : wanted_) {
      if (wanted.rule != nullptr && wanted.name.empty()) wanted.name = wanted.code_name;
    }
  }
  describe_fields();
}

Mapper::Wanted& Mapper::wanted_field(std::string_view option, std::string_view name) {
  for (Wanted& wanted : wanted_) {
    if (wanted.rule != nullptr && wanted.code_name == name) return wanted;
  }
  std::string message =
      std::string(option) + " " + printable(name, 60) + "=…: the API has no such field to set; it has " + field_names();
  if (name == "id" || name == "uuid") message = std::string(option) + ": the id is chosen with --id-column NAME";
  throw ConfigError(message);
}

void Mapper::read_blanks(const MappingConfig& config) {
  for (const auto& [field, blank] : config.blanks) wanted_field("--blank", field).blank = blank;
}

void Mapper::name_by_options(const MappingConfig& config) {
  for (const auto& [field, column] : config.columns) {
    Wanted& wanted = wanted_field("--map", field);
    if (column.empty()) throw ConfigError("--map " + field + "=: name a column");
    if (!wanted.name.empty()) {
      throw ConfigError("--map " + field + ": is given twice: " + quoted(wanted.name) + " and " + quoted(column));
    }
    wanted.name = column;
  }
  wanted_[id_at].name = config.id_column;
  wanted_[guard_at].name = config.guard_column;
  for (const Wanted& wanted : wanted_)
    if (is_own_column(wanted.name)) refuse_own_column(option_of(wanted));
  if (is_own_column(config.reference_column)) refuse_own_column("--reference-column " + config.reference_column);
}

// The option as it is typed.
std::string Mapper::option_of(const Wanted& wanted) const {
  const std::string column = printable(wanted.name, 60);
  if (&wanted == &wanted_[id_at]) return "--id-column " + column;
  if (&wanted == &wanted_[guard_at]) return "--guard reference_number=" + column;
  return "--map " + wanted.code_name + "=" + column;
}

MappingError::Setting Mapper::setting_of(const Wanted& wanted, const std::vector<std::string>& header) const {
  if (&wanted == &wanted_[id_at]) return setting_for(header, wanted.name, "id-column");
  if (&wanted == &wanted_[guard_at]) return setting_for(header, wanted.name, "guard", "reference_number=");
  return setting_for(header, wanted.name, "map", wanted.code_name + "=");
}

void Mapper::find_columns(const MappingConfig& config, const std::vector<std::string>& header) {
  for (Wanted& wanted : wanted_) {
    if (wanted.name.empty()) continue;
    const std::string option = option_of(wanted);
    wanted.at = find_column(header, wanted.name, option);
    if (wanted.at == absent)
      throw MappingError(option + ": there is no such column; " + listed(header) + header_hint(header),
                         setting_of(wanted, header));
  }
  if (config.id_column.empty() && !find_reference_column(config, header)) find_id_column(header);
  for (Wanted& wanted : wanted_) {
    if (wanted.rule == nullptr) continue;
    if (wanted.name.empty())
      wanted.at = find_self_named(header, wanted.code_name, "--map " + wanted.code_name + "=COLUMN");
    if (wanted.at == absent && wanted.rule->required && wanted.blank == Blank::omit && form_ == RowForm::complete) {
      throw MappingError("no column for the required field " + wanted.code_name + ": use --map " + wanted.code_name +
                             "=COLUMN, or --blank " + wanted.code_name + "=empty to send \"\"; " + listed(header),
                         setting_for(header, wanted.code_name, "map", wanted.code_name + "="));
    }
    if (wanted.at != absent) wanted.name = header[wanted.at];
  }
  note_unknown(header);
}

// An id is the safer name, because it cannot be given to another customer.
bool Mapper::find_reference_column(const MappingConfig& config, const std::vector<std::string>& header) {
  if (form_ == RowForm::complete) return false;
  const bool has_id = find_self_named(header, "id", "--id-column NAME") != absent ||
                      find_self_named(header, "uuid", "--id-column NAME") != absent;
  if (config.reference_column.empty() && has_id) return false;
  Wanted& id = wanted_[id_at];
  id.at = config.reference_column.empty() ? find_self_named(header, "reference_number", "--reference-column NAME")
                                          : find_column(header, config.reference_column,
                                                        "--reference-column " + printable(config.reference_column, 60));
  if (id.at == absent) {
    throw ConfigError(
        (config.reference_column.empty()
             ? "no column is called id, uuid or reference_number: use --id-column or --reference-column NAME"
             : "--reference-column: there is no column " + quoted(config.reference_column)) +
        "; " + listed(header) + header_hint(header));
  }
  id.name = header[id.at];
  id.role = ValueRole::reference;
  key_ = CustomerKey::reference;
  return true;
}

void Mapper::find_id_column(const std::vector<std::string>& header) {
  const std::size_t id = find_self_named(header, "id", "--id-column NAME");
  const std::size_t uuid = find_self_named(header, "uuid", "--id-column NAME");
  if (id != absent && uuid != absent) {
    throw ConfigError("--id-column: the columns " + quoted(header[id]) + " and " + quoted(header[uuid]) +
                      " could both be the id; choose one");
  }
  wanted_[id_at].at = id != absent ? id : uuid;
  if (wanted_[id_at].at == absent) {
    throw MappingError("no column is called id or uuid: use --id-column NAME; " + listed(header) + header_hint(header),
                       id_setting(header));
  }
  wanted_[id_at].name = header[wanted_[id_at].at];
}

void Mapper::note_unknown(const std::vector<std::string>& header) {
  for (std::size_t i = 0; i < header.size(); ++i) {
    const bool used = std::ranges::any_of(wanted_, [i](const Wanted& wanted) { return wanted.at == i; });
    if (!used && !is_own_column(header[i]) && !same_column(header[i], "reference_number"))
      unknown_columns_.push_back(header[i]);
  }
}

void Mapper::describe_fields() {
  for (const Wanted& wanted : wanted_) {
    const bool by_reference = &wanted == &wanted_[id_at] && key_ == CustomerKey::reference;
    const std::string name = by_reference                    ? "reference_number"
                             : &wanted == &wanted_[guard_at] ? "guard reference_number"
                                                             : wanted.code_name;
    const bool constant = form_ == RowForm::complete && wanted.name.empty() && wanted.rule != nullptr &&
                          wanted.rule->required && wanted.blank != Blank::omit;
    if (!wanted.name.empty())
      description_.push_back(name + " <- " + printable(wanted.name, 60) + blank_meaning(wanted.rule, wanted.blank));
    if (split_phone_ && &wanted == &wanted_[dial_code_])
      description_.push_back("dial_code <- the country code of phone, if phone begins with +");
    if (constant) description_.push_back(name + " <- always " + sent_class(*wanted.rule, wanted.blank));
  }
}

}  // namespace amend
