// What a page shows of the row that is the example of an error code. Layer 1: pure; any thread. One rule for the page
// of a run directory and for the one of a run that goes on.
#pragma once

#include <string_view>

#include "amend/report/reading.hpp"
#include "amend/report/run_picture.hpp"

namespace amend::report {

/// Whether the text of an error may repeat what a customer is called or has said: the API's words may, and so do own
/// ones that quote a cell (of a row whose columns are shifted the id may be a phone or an email) or a JSON member.
bool may_repeat_values(std::string_view code, std::string_view text) noexcept;

/// Sets `id`, `text` and `text_withheld` of `group`, whose `code` is set, to what may be shown of them.
void set_example(ErrorGroup& group, std::string_view id, std::string_view text, Values values);

}  // namespace amend::report
