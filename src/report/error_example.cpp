#include "amend/report/error_example.hpp"

#include <algorithm>

#include "amend/error.hpp"
#include "amend/wonder/customer_schema.hpp"

namespace amend::report {
namespace {

constexpr std::string_view about_id = "input.id.";

// "HTTP 500, no message in the answer": ours, and nothing else is in it.
bool tells_status_only(std::string_view text) noexcept {
  constexpr std::string_view head = "HTTP ";
  constexpr std::string_view tail = ", no message in the answer";
  if (!text.starts_with(head) || !text.ends_with(tail) || text.size() < head.size() + tail.size()) return false;
  return std::ranges::all_of(text.substr(head.size(), text.size() - head.size() - tail.size()),
                             [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool may_repeat_values(std::string_view code, std::string_view text) noexcept {
  if (tells_status_only(text)) return false;
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
