// Record → Update: which column is which field, what a blank means, and the JSON body. Layer 1, reader thread.
//
// The original characters travel: nothing is rounded or re-spelled, and nothing is trimmed or split unless
// MappingConfig asks for it. A value that the API's schema does not allow is refused before it is sent
// (wonder/customer_schema.hpp).
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
#include "amend/reader/finding_tally.hpp"
#include "amend/reader/preparation.hpp"
#include "amend/reader/value_finding.hpp"
#include "amend/row/batch.hpp"
#include "amend/row/record.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "amend/wonder/dial_codes.hpp"

namespace amend {

/// A column that is not there, or of which there are two. `setting()` is the option that may mend it, "map" and
/// "phone=telephone", when one of the columns is near to what is missing; else it is empty.
class MappingError : public ConfigError {
 public:
  using Setting = std::pair<std::string, std::string>;
  explicit MappingError(const std::string& message, Setting setting = {})
      : ConfigError(message), setting_(std::move(setting)) {}
  const Setting& setting() const noexcept { return setting_; }

 private:
  Setting setting_;
};

/// Columns (CSV) and members (NDJSON) are found by name without regard to ASCII case, spaces, underscores and hyphens.
/// One named like a field of the API maps itself, `id` or `uuid` is the id; MappingConfig overrides both. Names that
/// begin with `amend_` are ignored.
///
/// A blank cell (empty or only spaces; in NDJSON: null) follows `--blank`: left out, "" or null. Left out, a required
/// field is `input.<field>.missing`. In NDJSON "" is sent as it is, and a number is sent as a string of the same
/// characters. A required field without a column or member follows `--blank` like a blank one; an optional one is then
/// never sent.
///
/// RowForm::partial: no field is required, a blank one is left out; and without a column for the id, `reference_number`
/// or MappingConfig::reference_column names the customer (NDJSON: only the latter). What it holds is then the Update's
/// id.
///
/// MappingConfig::trim drops white space and characters that cannot be seen around values (reader/trim.hpp),
/// MappingConfig::strip_formula the guard of a spreadsheet (`without_formula`). A value of nothing else is blank then,
/// in NDJSON too; "" is still sent as it is. A value that is one of MappingConfig::null_texts is blank.
/// MappingConfig::split_phone: a phone that begins with '+' is split (wonder/dial_codes.hpp), its country code is sent
/// as dial_code, with or without a column for that; one that cannot be split, or whose row has another dial_code, is
/// `input.phone.country_code`. A phone without '+' is left as it is.
///
/// Codes of its own: input.id.{missing,not_uuid,not_reference,type}, input.guard.{missing,type},
/// input.<field>.{missing,number,type}; further those of wonder::check_value, `input.json.duplicate_key` for two
/// members that mean one field, and `input.json.nested` for an NDJSON row that lacks its id, a required field or all
/// fields while an object inside it has some of them.
class Mapper final : public Preparation {
 public:
  /// `format` is that of the source, never automatic; `header` its columns (empty for NDJSON, and for an empty file:
  /// then nothing is missing, as there are no rows). Throws ConfigError naming the option and listing the columns: an
  /// unknown field, an absent or ambiguous column, no id column, a required field without a column and without `--blank
  /// FIELD=empty|null`.
  Mapper(const MappingConfig& config, Format format, const std::vector<std::string>& header);

  /// Appends the row to the batch: id, body, raw and guard into the arena, and an Update. When the row is rejected the
  /// reason is returned, and the Update still has position and raw, and the id when it is one; its body is empty. Does
  /// not allocate for an accepted row, but for the growth of the batch.
  std::optional<Reason> map(const Record& record, Batch& out);

  /// The id as the row has it (trimmed when that is asked for), whether it is one or not; empty for a row without one.
  std::string_view id_of(const Record& record) const noexcept;

  std::uint64_t key_of(const Record& record) override;

  /// Counts what map() has seen in the values of this row, the last one: see findings().
  void will_be_sent(const Record& record) override;

  /// The same for a row that is rejected: `backslash` is about the row as a whole, all others about its id. `value`
  /// must live until this returns.
  void note_rejected(const Record& record, ValueFinding finding, std::string_view value);

  /// What was counted so far.
  InputFindings findings() const;

  /// map(), or reject() for a record with a fault.
  PreparedRow prepare(const Record& record, Batch& out) override;

  /// Appends a faulty record the way map() appends a rejected one, without an id.
  void reject(const Record& record, Batch& out) const;

  /// What Update::id is.
  CustomerKey key() const noexcept { return key_; }

  /// CSV: columns that are not sent and not known; NDJSON: empty.
  const std::vector<std::string>& unknown_columns() const noexcept { return unknown_columns_; }

  /// For people, one line a field: "name <- Full Name".
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
    std::size_t at = nowhere;  // its field in the record
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
  bool id_may_be_uuid_ = false;  // NDJSON without --id-column: the member `id` or `uuid`
  std::vector<Wanted> wanted_;   // id, guard, then the fields in the schema's order
  bool trim_;
  bool split_phone_;
  bool strip_formula_;
  std::vector<std::string> null_texts_;
  std::size_t phone_ = nowhere;                 // in wanted_
  std::size_t dial_code_ = nowhere;             // the same
  std::optional<wonder::DialedNumber> dialed_;  // of the row being mapped, when it was split
  RowFindings findings_;                        // of the row mapped last
  FindingTally tally_;
  std::vector<std::string> unknown_columns_;
  std::vector<std::string> description_;
};

}  // namespace amend
