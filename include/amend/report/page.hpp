// The page of a run: one HTML document that needs nothing else. Layer 1: pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "amend/report/run_picture.hpp"

namespace amend::report {

/// `text` inside an element or a quoted attribute: markup is escaped, control characters, those that turn the
/// direction of writing, and bytes that are not UTF-8 are shown as \xNN.
std::string escaped(std::string_view text);

/// The style of everything made here: light and dark by what the reader's system prefers, and for paper.
std::string_view style_sheet() noexcept;

/// A document around `main`, which is HTML; `title` is text. Its Content-Security-Policy lets nothing be fetched or
/// run, even where escaping had failed.
std::string document(std::string_view title, std::string_view main);

/// Whether a file that begins so is a page of a run or of a benchmark, also of an older amend. 1 KiB is enough.
bool is_page(std::string_view first_bytes) noexcept;

/// The whole document.
std::string render_page(const RunPicture& picture);

/// What is inside its `<main>`: a live page replaces it again and again. It needs style_sheet(), and of a policy
/// `style-src 'unsafe-inline'`.
/// Numbers have attributes by which a program finds them: `data-total="success"`, `data-request="attempts"`,
/// `data-percentile="p99"` (`data-of="service"`, `data-value` in ms), `data-error="http.500"`, all with `data-value`.
std::string render_main(const RunPicture& picture);

}  // namespace amend::report
