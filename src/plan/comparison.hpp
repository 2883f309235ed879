// Compares what a row wants with what the API has. Layer 1.
//
// *Threads.* Any. *Errors.* Only the constructor of Comparison throws. *Bounds.* One row. *Lifetime.* Values. *Source.*
// Pure; src/wonder/README.md §5.
#pragma once

#include <array>
#include <bitset>
#include <optional>
#include <string>
#include <string_view>

#include "amend/config.hpp"
#include "amend/wonder/customer.hpp"

namespace amend {

/// Fields by their place in `wonder::customer_fields()`.
using FieldSet = std::bitset<wonder::customer_field_count>;

/// What a row wants for each field: nullopt keeps it, "" and null clear it. Only the body distinguishes these two.
class WantedFields {
 public:
  /// Reads the body that the mapper made of a row. is_body() must be true for it.
  explicit WantedFields(std::string_view body);

  /// Whether a text from elsewhere is such a body: a JSON object of fields of the API, strings or null.
  static bool is_body(std::string_view text);

  const std::optional<std::string>& operator[](std::size_t field) const noexcept { return fields_[field]; }

 private:
  std::array<std::optional<std::string>, wonder::customer_field_count> fields_;
};

/// `{"name":"…",…}`: the values of a customer in the form that WantedFields reads. company_name is missing, because no
/// response shows it.
std::string values_json(const wonder::Customer& customer);

/// The fields of `values` that no response shows.
FieldSet not_shown(const WantedFields& values);

/// The fields whose value in `current` differs from `values`. company_name never counts.
FieldSet other_values(const WantedFields& values, const wonder::Customer& current);

/// "name, phone"
std::string names_of(FieldSet fields);

/// The fields that a PUT of `sent` may change: those that differ in `before`, and those that no response shows.
FieldSet overwritten(const WantedFields& sent, const wonder::Customer& before);

/// The fields that cannot be restored after they were overwritten (src/wonder/README.md §5). These are company_name,
/// whose previous value is unknown; a value "" that cannot be cleared to again; and a value that a read shows and a
/// write refuses. The last kind counts also when the PUT leaves it out, because the API does not show whether that
/// clears it.
FieldSet not_undoable(const WantedFields& sent, const wonder::Customer& before);

class ComparisonResult {
 public:
  ComparisonResult() = default;

  FieldSet differs;
  FieldSet not_compared;       ///< the row has a company_name, and CompanyName::never
  FieldSet cannot_be_cleared;  ///< the row wants "", which the API ignores; this does not count as a difference

  bool same() const noexcept { return differs.none(); }
};

/// Compares field by field. It does not change values: ReconcileConfig::ignore_case and ignore_space only decide which
/// differences count. Letters are those of ASCII. The token is a uuid, so its case is ignored.
class Comparison {
 public:
  /// Throws ConfigError naming --ignore-case for a field that the API does not have.
  explicit Comparison(const ReconcileConfig& config);

  /// `known_same`: fields that no response shows, but that have the value of the row (CompanyName::journal).
  ComparisonResult compare(const WantedFields& wanted, const wonder::Customer& current,
                           FieldSet known_same = FieldSet()) const;

  /// As the function of that name, but ignored differences do not count.
  FieldSet other_values(const WantedFields& values, const wonder::Customer& current) const;

  /// The fields that the response to a PUT shows otherwise than they were sent. "" counts only where it clears the
  /// value (src/wonder/README.md §5).
  FieldSet drift(const WantedFields& sent, const wonder::Customer& shown) const;

 private:
  bool same_value(std::size_t field, std::string_view wanted, std::string_view current) const;

  FieldSet ignore_case_;
  bool ignore_space_;
  CompanyName company_name_;
};

/// The body of the PUT for `wanted`. It has the fields of the row, and the present values of fields that would be lost
/// or refused without it: name, phone, and the payment method and token (src/wonder/README.md §5).
std::string body_to_send(const WantedFields& wanted, std::string_view row_body, const wonder::Customer& current);

}  // namespace amend
