// What makes a plan one that was not touched since it was written. Layer 4.
//
// Each line of plan.ndjson ends in `"sum":"<8 hex>"}`: a checksum of the line up to there, seeded with that of the line
// before (line_sum). The last line counts the rows by their signs and has two SHA-256 digests in hexadecimal:
//
// {"rows":3,"signs":{"=":1,"*":2},"rollback_sha256":"…","sha256":"…"}
//
// `sha256` is that of all bytes of the file up to `,"sha256":`, `rollback_sha256` that of rollback.ndjson. A byte of
// either file that is changed, missing, doubled or moved does not fit. It is no signature: a forger can compute it too.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "amend/reconciliation.hpp"

// Of OpenSSL, whose headers stay out of here.
struct evp_md_ctx_st;

namespace amend {

inline constexpr std::string_view plan_name = "plan.ndjson";
inline constexpr std::string_view rollback_name = "rollback.ndjson";

/// SHA-256 of bytes that come in pieces. Errors: throws std::runtime_error when OpenSSL cannot (no memory).
class Sha256 {
 public:
  Sha256();
  void add(std::string_view bytes);
  /// 64 hexadecimal digits. Once.
  std::string hex();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

/// `{"rows":3,"signs":{"=":1,"*":2},"rollback_sha256":"…"`: the last line as far as its own digest.
std::string last_plan_line(const SignCounts& counts, std::string_view rollback_sha256);

/// Completes a line: `out` ends in its open text, which began at `begin`. Returns its sum, for the next one.
std::uint32_t close_plan_line(std::string& out, std::size_t begin, std::uint32_t sum_before);

/// `,"sha256":"…"}` and the line's end.
std::string plan_end(std::string_view sha256);

/// The sum that a complete line has, when it is right behind a line with `sum_before`; nullopt: it is not.
std::optional<std::uint32_t> sum_of_plan_line(std::string_view line, std::uint32_t sum_before) noexcept;

/// Whether a line, without its end, is the last one of a plan.
bool ends_plan(std::string_view line) noexcept;

/// Reads both files of the run in `directory`. Returns what the last line counts. Errors: throws InputError naming the
/// file, and the first line that does not fit, when one of them is not as it was written.
SignCounts require_sealed_plan(const std::string& directory);

}  // namespace amend
