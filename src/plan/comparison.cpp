#include "plan/comparison.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "amend/error.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "row/ascii.hpp"

namespace amend {
namespace json = boost::json;

namespace {

std::size_t place_of(std::string_view name) noexcept {
  const auto fields = wonder::customer_fields();
  return static_cast<std::size_t>(std::ranges::find(fields, name, &wonder::FieldRule::name) - fields.begin());
}

bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// The characters of a text, one by one, as they are compared.
class Characters {
 public:
  Characters(std::string_view text, bool ignore_case, bool ignore_space) noexcept
      : rest_(text), ignore_case_(ignore_case), ignore_space_(ignore_space) {
    if (ignore_space_) skip_space();
  }

  /// Returns nullopt at the end.
  std::optional<char> next() noexcept {
    if (rest_.empty()) return std::nullopt;
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (!ignore_space_ || !is_space(c)) return ignore_case_ ? ascii_lower(c) : c;
    skip_space();
    return rest_.empty() ? std::nullopt : std::optional(' ');
  }

 private:
  void skip_space() noexcept {
    while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
  }

  std::string_view rest_;
  bool ignore_case_;
  bool ignore_space_;
};

bool same_text(Characters a, Characters b) noexcept {
  for (;;) {
    const auto x = a.next();
    if (x != b.next()) return false;
    if (!x) return true;
  }
}

// The API does not always accept a value that it shows (src/wonder/README.md §5).
bool can_be_sent(const wonder::FieldRule& rule, std::string_view value) {
  return !value.empty() && !wonder::check_value(rule, value);
}

// Without these fields the API refuses a PUT, or may clear fields that the row does not name.
bool is_carried_over(const wonder::FieldRule& rule) noexcept { return rule.required || rule.clearable; }

bool same_exactly(std::size_t field, std::string_view a, std::string_view b) noexcept {
  return wonder::customer_fields()[field].rule == wonder::Rule::uuid ? wonder::same_id(a, b) : a == b;
}

bool is_shown(const wonder::FieldRule& rule) noexcept { return rule.name != "company_name"; }

// Fields where "" is sent and does not clear the value (src/wonder/README.md §5).
FieldSet changes_nothing(const WantedFields& sent) {
  FieldSet fields;
  for (std::size_t i = 0; i < wonder::customer_field_count; ++i)
    fields.set(i, sent[i] && sent[i]->empty() && !wonder::customer_fields()[i].clearable);
  return fields;
}

}  // namespace

WantedFields::WantedFields(std::string_view body) {
  const json::value document = json::parse(body);
  for (const auto& [name, value] : document.as_object()) {
    const json::string* text = value.if_string();
    fields_.at(place_of(name)) = text != nullptr ? std::string(*text) : std::string();
  }
}

std::string values_json(const wonder::Customer& customer) {
  json::object values;
  for (std::size_t i = 0; i < wonder::customer_field_count; ++i) {
    const wonder::FieldRule& rule = wonder::customer_fields()[i];
    if (is_shown(rule)) values[rule.name] = customer.fields[i];
  }
  return json::serialize(values);
}

FieldSet not_shown(const WantedFields& values) {
  FieldSet fields;
  for (std::size_t i = 0; i < fields.size(); ++i)
    fields.set(i, values[i].has_value() && !is_shown(wonder::customer_fields()[i]));
  return fields;
}

FieldSet other_values(const WantedFields& values, const wonder::Customer& current) {
  FieldSet others;
  for (std::size_t i = 0; i < wonder::customer_field_count; ++i) {
    if (values[i] && is_shown(wonder::customer_fields()[i]))
      others.set(i, !same_exactly(i, *values[i], current.fields[i]));
  }
  return others;
}

std::string names_of(FieldSet fields) {
  std::string names;
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (fields[i]) names.append(names.empty() ? "" : ", ").append(wonder::customer_fields()[i].name);
  return names;
}

FieldSet overwritten(const WantedFields& sent, const wonder::Customer& before) {
  return (other_values(sent, before) & ~changes_nothing(sent)) | not_shown(sent);
}

FieldSet not_undoable(const WantedFields& sent, const wonder::Customer& before) {
  FieldSet fields = not_shown(sent);
  const FieldSet written = overwritten(sent, before);
  for (std::size_t i = 0; i < wonder::customer_field_count; ++i) {
    const wonder::FieldRule& rule = wonder::customer_fields()[i];
    const std::string& value = before.fields[i];
    const bool can_be_sent_again = value.empty() ? rule.clearable : !wonder::check_value(rule, value);
    const bool may_be_lost = written[i] || (rule.clearable && !sent[i]);
    if (may_be_lost && !can_be_sent_again) fields.set(i);
  }
  return fields;
}

bool WantedFields::is_body(std::string_view text) {
  json::error_code error;
  const json::value document = json::parse(text, error);
  if (error || !document.is_object()) return false;
  return std::ranges::all_of(document.get_object(), [](const json::key_value_pair& member) {
    return place_of(member.key()) != wonder::customer_field_count &&
           (member.value().is_string() || member.value().is_null());
  });
}

Comparison::Comparison(const ReconcileConfig& config)
    : ignore_space_(config.ignore_space), company_name_(config.company_name) {
  for (const std::string& name : config.ignore_case) {
    const std::size_t place = place_of(name);
    if (place == wonder::customer_field_count)
      throw ConfigError("--ignore-case " + printable(name, 60) + ": the API has no such field");
    ignore_case_.set(place);
  }
  ignore_case_.set(place_of("default_payment_token"));
}

FieldSet Comparison::other_values(const WantedFields& values, const wonder::Customer& current) const {
  FieldSet others;
  for (std::size_t i = 0; i < wonder::customer_field_count; ++i) {
    if (values[i] && is_shown(wonder::customer_fields()[i]))
      others.set(i, !same_value(i, *values[i], current.fields[i]));
  }
  return others;
}

FieldSet Comparison::drift(const WantedFields& sent, const wonder::Customer& shown) const {
  return other_values(sent, shown) & ~changes_nothing(sent);
}

ComparisonResult Comparison::compare(const WantedFields& wanted, const wonder::Customer& current,
                                     FieldSet known_same) const {
  ComparisonResult result;
  for (std::size_t i = 0; i < wonder::customer_field_count; ++i) {
    if (!wanted[i] || known_same[i]) continue;
    const wonder::FieldRule& rule = wonder::customer_fields()[i];
    if (!is_shown(rule)) {
      (company_name_ == CompanyName::never ? result.not_compared : result.differs).set(i);
    } else if (wanted[i]->empty() && !rule.clearable) {
      result.cannot_be_cleared.set(i, !current.fields[i].empty());
    } else {
      result.differs.set(i, !same_value(i, *wanted[i], current.fields[i]));
    }
  }
  return result;
}

bool Comparison::same_value(std::size_t field, std::string_view wanted, std::string_view current) const {
  const bool ignore_case = ignore_case_[field];
  return same_text(Characters(wanted, ignore_case, ignore_space_), Characters(current, ignore_case, ignore_space_));
}

std::string body_to_send(const WantedFields& wanted, std::string_view row_body, const wonder::Customer& current) {
  std::string body(row_body.substr(0, row_body.size() - 1));
  for (std::size_t i = 0; i < wonder::customer_field_count; ++i) {
    const wonder::FieldRule& rule = wonder::customer_fields()[i];
    if (wanted[i] || !is_carried_over(rule)) continue;
    if (!rule.required && !can_be_sent(rule, current.fields[i])) continue;
    if (body.size() > 1) body += ',';
    body.append("\"").append(rule.name).append("\":").append(json::serialize(json::string(current.fields[i])));
  }
  body += '}';
  return body;
}

}  // namespace amend
