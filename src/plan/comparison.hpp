// What a row wants, beside what the API holds. Layer 1: pure; any thread.
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

/// What a row is to make of each field: nullopt leaves it, "" and null (told apart in the body only) clear it.
class WantedFields {
 public:
  /// Reads the body that the mapper made of a row; it must be one (is_body).
  explicit WantedFields(std::string_view body);

  /// Whether a text that comes from elsewhere is one: a JSON object of fields of the API, strings or null.
  static bool is_body(std::string_view text);

  const std::optional<std::string>& operator[](std::size_t field) const noexcept { return fields_[field]; }

 private:
  std::array<std::optional<std::string>, wonder::customer_field_count> fields_;
};

/// `{"name":"…",…}`: what a customer holds, as WantedFields reads it; without company_name, which no answer shows.
std::string values_json(const wonder::Customer& customer);

/// Of the fields that `values` has those that no answer shows.
FieldSet not_shown(const WantedFields& values);

/// Fields that `current` holds otherwise than `values` says; company_name never counts.
FieldSet other_values(const WantedFields& values, const wonder::Customer& current);

/// "name, phone"
std::string names_of(FieldSet fields);

/// Fields that a PUT of `sent` may change: those that `before` holds otherwise, and those that nobody can see.
FieldSet overwritten(const WantedFields& sent, const wonder::Customer& before);

/// What the API does not take back once it was overwritten: company_name, of which nobody knows what it was; a value
/// that was "" and cannot be cleared, or that a read shows and a write refuses (src/wonder/README.md §5). The latter,
/// too, when the PUT leaves it out: the API does not say whether that clears it.
FieldSet not_undoable(const WantedFields& sent, const wonder::Customer& before);

class ComparisonResult {
 public:
  ComparisonResult() = default;

  FieldSet differs;
  FieldSet not_compared;       ///< the row has a company_name, and CompanyName::never
  FieldSet cannot_be_cleared;  ///< the row wants "" where that changes nothing at the API: no difference

  bool same() const noexcept { return differs.none(); }
};

/// Compares field by field. Values are never changed: ReconcileConfig::ignore_case and ignore_space only decide what
/// counts as a difference. Letters are those of ASCII; the token, a uuid, is compared without their case.
class Comparison {
 public:
  /// Throws ConfigError naming --ignore-case for a field that the API does not have.
  explicit Comparison(const ReconcileConfig& config);

  /// `known_same`: fields that are as the row wants them although no answer shows them (CompanyName::journal).
  ComparisonResult compare(const WantedFields& wanted, const wonder::Customer& current,
                           FieldSet known_same = FieldSet()) const;

  /// As the function of that name, but what is ignored is the same value.
  FieldSet other_values(const WantedFields& values, const wonder::Customer& current) const;

  /// Fields that the response to a PUT shows otherwise than they were sent. "" counts only where it clears
  /// (src/wonder/README.md §5).
  FieldSet drift(const WantedFields& sent, const wonder::Customer& shown) const;

 private:
  bool same_value(std::size_t field, std::string_view wanted, std::string_view current) const;

  FieldSet ignore_case_;
  bool ignore_space_;
  CompanyName company_name_;
};

/// The body of the PUT that makes `wanted` true: what the row has, and of the rest what would be lost or refused
/// without it, as it is now: name, phone, and the payment method and token (src/wonder/README.md §5).
std::string body_to_send(const WantedFields& wanted, std::string_view row_body, const wonder::Customer& current);

}  // namespace amend
