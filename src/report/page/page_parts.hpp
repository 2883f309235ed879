// The sections of the page of a run, made of its picture. A section without content is empty. Layer 1: pure.
//
// Threads: any. Errors: none.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "amend/report/run_picture.hpp"
#include "row/shown_number.hpp"

namespace amend::report {

template <class... Args>
void append(std::string& out, fmt::format_string<Args...> form, Args&&... args) {
  out += fmt::format(form, std::forward<Args>(args)...);
}

/// 0.5 → "0.5 ms", 12345 → "12.3 s"
std::string ms_text(double ms);
/// "2026-11-23 12:00:00 UTC"
std::string time_text(std::chrono::system_clock::time_point at);

/// How the run ended, in one or more sentences; plain text.
std::string verdict(const RunPicture& picture);
/// Whether no row is failed, unknown or rejected.
bool all_succeeded(const RunPicture& picture);
/// Appends a row of a table of two columns. An empty value makes no row.
void add_pair(std::string& out, std::string_view name, const std::string& value);

std::string head_section(const RunPicture& picture);
std::string rows_section(const RunPicture& picture);
std::string time_section(const RunPicture& picture);
std::string latency_section(const RunPicture& picture);
std::string push_back_section(const RunPicture& picture);
std::string errors_section(const RunPicture& picture);
std::string comparison_section(const RunPicture& picture);
std::string slowest_section(const RunPicture& picture);
std::string background_section(const RunPicture& picture);

}  // namespace amend::report
