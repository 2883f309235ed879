#include "report/page/error_example.hpp"

#include "amend/error.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "wonder/status_text.hpp"

namespace amend::report {
namespace {

constexpr std::string_view about_id = "input.id.";

}  // namespace

bool may_repeat_values(std::string_view code, std::string_view text) noexcept {
  if (wonder::is_text_without_message(text)) return false;
  const OwnCode* own = find_own_code(code);
  if (own == nullptr || own->name == "http.*") return true;
  return code.starts_with(about_id) || code == "input.json.duplicate_key";
}

void set_example(ErrorGroup& group, std::string_view id, std::string_view text, Values values) {
  const bool hidden = values == Values::hidden;
  group.id = hidden && group.code.starts_with(about_id) && !wonder::is_uuid(id) ? "" : id;
  group.text_withheld = hidden && !text.empty() && may_repeat_values(group.code, text);
  group.text = group.text_withheld ? "" : text;
}

}  // namespace amend::report
