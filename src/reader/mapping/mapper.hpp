// Maps a Record to an Update: it finds the fields, applies the rules for blanks, and writes the JSON body.
//
// The original characters are sent. Only MappingConfig makes the mapper trim or split a value; it never rounds or
// respells one. It rejects a value that the API's schema does not allow (wonder/customer_schema.hpp).
//
// Threads: the reader thread. Source: layer 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "amend/config.hpp"
#include "amend/error.hpp"
#include "amend/row/batch.hpp"
#include "amend/row/record.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "reader/mapping/finding_tally.hpp"
#include "reader/mapping/value_finding.hpp"
#include "reader/preparation.hpp"
#include "wonder/dial_codes.hpp"

namespace amend {

/// A column is missing, or two columns fit. `setting()` names the option that may repair it: for example "map" with
/// "phone=telephone", when a column's name is close to the missing one. Otherwise it is empty.
class MappingError : public ConfigError {
 public:
  using Setting = std::pair<std::string, std::string>;
  explicit MappingError(const std::string& message, Setting setting = {})
      : ConfigError(message), setting_(std::move(setting)) {}
  const Setting& setting() const noexcept { return setting_; }

 private:
  Setting setting_;
};

/// Maps the rows of one input.
///
/// Names: the mapper finds columns (CSV) and members (NDJSON) by name. It ignores ASCII case, spaces, underscores and
/// hyphens. A column that is named like a field of the API maps to that field; `id` or `uuid` is the id. MappingConfig
/// overrides both. Names that begin with `amend_` are ignored.
///
/// Blanks: a cell that is empty or has only spaces is blank, and so is null in NDJSON. `--blank` says what a blank
/// becomes: left out, "" or null. When a required field is left out, the row is rejected with `input.<field>.missing`.
/// A required field without a column or member counts as blank; an optional one is never sent. In NDJSON, "" is sent as
/// it is. A number is sent as a string of the same characters.
///
/// RowForm::partial: no field is required, and a blank one is left out. Without a column for the id, `reference_number`
/// or MappingConfig::reference_column names the customer (NDJSON: only the latter). Its value is then the Update's id.
///
/// Repairs: MappingConfig::trim drops white space and invisible characters around values (reader/trim.hpp).
/// MappingConfig::strip_formula drops the guard of a spreadsheet (`without_formula`). A value that is empty after a
/// repair is blank, in NDJSON too. A value that is one of MappingConfig::null_texts is also blank.
///
/// Phones: MappingConfig::split_phone splits a phone that begins with '+' (wonder/dial_codes.hpp). Its country code is
/// sent as dial_code, with or without a column for it. The row is rejected with `input.phone.country_code` when the
/// phone cannot be split, or when its dial_code differs. A phone without '+' is not changed.
///
/// Errors: a rejected row gets one of these codes:
/// - input.id.{missing,not_uuid,not_reference,type}, input.guard.{missing,type}, input.<field>.{missing,number,type}
/// - a code of wonder::check_value
/// - `input.json.duplicate_key`: two members mean one field.
/// - `input.json.nested`: the row lacks its id, a required field or all fields, and an object inside it has some of
///   them.
class Mapper final : public Preparation {
 public:
  /// `format` is that of the source, never automatic. `header` has its columns; it is empty for NDJSON and for an empty
  /// file, where nothing is missing.
  ///
  /// Errors: throws ConfigError, which names the option and lists the columns. Causes: an unknown field, a missing or
  /// ambiguous column, no id column, a required field without a column and without `--blank FIELD=empty|null`.
  Mapper(const MappingConfig& config, Format format, const std::vector<std::string>& header);

  /// Appends the row to the batch: id, body, raw and guard into the arena, and an Update. Returns the reason when the
  /// row is rejected. The Update of a rejected row has a position, raw, a valid id if there is one, and an empty body.
  /// An accepted row costs no allocation except for the growth of the batch.
  std::optional<Reason> map(const Record& record, Batch& out);

  /// The id as it is in the row (trimmed if configured), valid or not. Empty for a row without an id.
  std::string_view id_of(const Record& record) const noexcept;

  std::uint64_t key_of(const Record& record) override;

  /// Counts what map() found in the values of the row that it mapped last: see findings().
  void will_be_sent(const Record& record) override;

  /// Counts a finding of a rejected row. `backslash` is about the row as a whole, all other findings are about its id.
  /// `value` must live until this returns.
  void note_rejected(const Record& record, ValueFinding finding, std::string_view value);

  /// The findings counted so far.
  InputFindings findings() const;

  /// Calls map(), or reject() for a record with a fault.
  PreparedRow prepare(const Record& record, Batch& out) override;

  /// Appends a faulty record as map() appends a rejected one, without an id.
  void reject(const Record& record, Batch& out) const;

  /// What kind of key Update::id is.
  CustomerKey key() const noexcept { return key_; }

  /// CSV: unknown columns, which are not sent. NDJSON: empty.
  const std::vector<std::string>& unknown_columns() const noexcept { return unknown_columns_; }

  /// A text for the operator, one line per field: "name <- Full Name".
  const std::vector<std::string>& describe() const noexcept { return description_; }

 private:
  static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

  /// Something a row is searched for: the id, the guard or a field.
  // Places in wanted_.
  static constexpr std::size_t id_at = 0;
  static constexpr std::size_t guard_at = 1;
  static constexpr std::size_t fields_at = 2;
  struct Wanted {
    std::string name;                         // of the column or member; empty: not wanted
    std::string code_name;                    // "id", "guard", "phone": the middle of the error codes
    const wonder::FieldRule* rule = nullptr;  // null for id and guard
    std::string key;                          // `"phone":`
    Blank blank = Blank::omit;
    ValueRole role = ValueRole::other;
    bool is_token = false;     // default_payment_token
    std::size_t at = nowhere;  // the place of its field in the record
  };

  void read_blanks(const MappingConfig& config);
  void name_by_options(const MappingConfig& config);
  void find_columns(const MappingConfig& config, const std::vector<std::string>& header);
  MappingError::Setting setting_of(const Wanted& wanted, const std::vector<std::string>& header) const;
  void find_id_column(const std::vector<std::string>& header);
  bool find_reference_column(const MappingConfig& config, const std::vector<std::string>& header);
  bool is_key(std::string_view id) const noexcept;
  void note_unknown(const std::vector<std::string>& header);
  void describe_fields();

  Wanted& wanted_field(std::string_view option, std::string_view name);
  std::string option_of(const Wanted& wanted) const;
  std::string_view value(const Record& record, const Wanted& wanted) const noexcept;
  std::string_view cleaned(std::string_view text, const Wanted& wanted) const noexcept;
  std::size_t index_of(const Wanted& wanted) const noexcept {
    return static_cast<std::size_t>(&wanted - wanted_.data());
  }
  Reason fault_of(const Wanted& wanted, std::string_view what, const std::string& text) const;
  std::uint32_t column_of(const Wanted& wanted) const noexcept;
  std::string told(const Wanted& wanted) const;
  std::optional<Reason> split_phone(const Record& record);
  std::string_view value_to_send(const Wanted& wanted, std::string_view in_file) const noexcept;
  std::optional<Reason> find_members(const Record& record);
  std::optional<Reason> find_nested(const Record& record) const;
  std::optional<Reason> append_id(const Record& record, Batch& out, Update& update);
  std::optional<Reason> append_body(const Record& record, Batch& out, Update& update);
  std::optional<Reason> append_value(const Record& record, const Wanted& wanted, std::string& body, Update& update);
  std::optional<Reason> append_guard(const Record& record, Batch& out, Update& update) const;
  bool means(const Wanted& wanted, std::string_view member) const noexcept;
  bool is_blank(const Record& record, const Wanted& wanted) const noexcept;
  bool is_blank(const Record& record, const Wanted& wanted, std::string_view text) const noexcept;

  Format format_;
  RowForm form_;
  CustomerKey key_ = CustomerKey::uuid;
  bool id_may_be_uuid_ = false;  // NDJSON without --id-column: the id is the member `id` or `uuid`
  std::vector<Wanted> wanted_;   // id, guard, then the fields in the schema's order
  bool trim_;
  bool split_phone_;
  bool strip_formula_;
  std::vector<std::string> null_texts_;
  std::size_t phone_ = nowhere;                 // in wanted_
  std::size_t dial_code_ = nowhere;             // the same
  std::optional<wonder::DialedNumber> dialed_;  // of the current row, when its phone was split
  RowFindings findings_;                        // of the row that was mapped last
  FindingTally tally_;
  std::vector<std::string> unknown_columns_;
  std::vector<std::string> description_;
};

}  // namespace amend
