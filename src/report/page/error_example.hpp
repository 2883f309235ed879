// What a page shows of the example row of an error code. One rule for the page of a run directory and for the page of a
// running run. Layer 1: pure.
//
// Threads: any. Errors: none.
#pragma once

#include <string_view>

#include "amend/report/reading.hpp"
#include "amend/report/run_picture.hpp"

namespace amend::report {

/// Whether the text of an error may repeat a customer's data. Texts of the API may. Texts of amend may when they quote
/// a JSON member or a cell: in a row whose columns are shifted, the id may be a phone or an email.
bool may_repeat_values(std::string_view code, std::string_view text) noexcept;

/// Sets `id`, `text` and `text_withheld` of `group` to what may be shown. Reads `group.code`.
void set_example(ErrorGroup& group, std::string_view id, std::string_view text, Values values);

}  // namespace amend::report
