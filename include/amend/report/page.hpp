// The page of a run: one HTML document that needs no other file. Layer 1: pure.
//
// Threads: any. Errors: none.
#pragma once

#include <string>
#include <string_view>

#include "amend/report/run_picture.hpp"

namespace amend::report {

/// `text` for an element or a quoted attribute. Markup is escaped. Control characters, characters that change the
/// direction of writing, and bytes that are not UTF-8 become \xNN.
std::string escaped(std::string_view text);

/// The style of all pages: light or dark as the reader's system prefers, and for paper.
std::string_view style_sheet() noexcept;

/// A document around `main`, which is HTML. `title` is text. Its Content-Security-Policy forbids scripts and other
/// files, also if escaping should fail.
std::string document(std::string_view title, std::string_view main);

/// Whether a file with this beginning is a page of a run or of a benchmark, also of an older amend. 1 KiB is enough.
bool is_page(std::string_view first_bytes) noexcept;

/// The whole document.
std::string render_page(const RunPicture& picture);

/// The content of its `<main>`, which a live page replaces. It needs style_sheet(), and `style-src 'unsafe-inline'` in
/// the policy.
/// Numbers have attributes by which a program finds them: `data-total="success"`, `data-request="attempts"`,
/// `data-percentile="p99"` (`data-of="service"`, `data-value` in ms), `data-error="http.500"`, all with `data-value`.
std::string render_main(const RunPicture& picture);

}  // namespace amend::report
