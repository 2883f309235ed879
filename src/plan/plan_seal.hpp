// The seal of a plan: it shows that the plan was not changed since it was written. Layer 4.
//
// Each line of plan.ndjson ends in `"sum":"<8 hex>"}`: a checksum of the line up to there, seeded with that of the line
// before (line_sum). The last line counts the rows by their signs and has two SHA-256 digests in hexadecimal:
//
// {"rows":3,"signs":{"=":1,"*":2},"rollback_sha256":"…","sha256":"…"}
//
// `sha256` is the digest of all bytes of the file up to `,"sha256":`. `rollback_sha256` is that of rollback.ndjson. A
// byte of either file that is changed, missing, doubled or moved does not fit. The seal does not authenticate: a forger
// can compute it, too.
//
// *Threads.* One. *Errors.* InputError for a file that was changed. *Bounds.* One line. *Lifetime.* Values. *Source.*
// SHA-256 of OpenSSL.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "amend/reconciliation.hpp"

// Declared here because the headers of OpenSSL must not be included.
struct evp_md_ctx_st;

namespace amend {

inline constexpr std::string_view plan_name = "plan.ndjson";
inline constexpr std::string_view rollback_name = "rollback.ndjson";

/// SHA-256 of bytes that come in pieces. Throws std::runtime_error when OpenSSL fails (no memory).
class Sha256 {
 public:
  Sha256();
  void add(std::string_view bytes);
  /// Returns 64 hexadecimal digits. Call it once.
  std::string hex();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

/// `{"rows":3,"signs":{"=":1,"*":2},"rollback_sha256":"…"`: the last line as far as its own digest.
std::string last_plan_line(const SignCounts& counts, std::string_view rollback_sha256);

/// Completes a line of `out` that began at `begin`. Returns its sum, which seeds that of the next line.
std::uint32_t close_plan_line(std::string& out, std::size_t begin, std::uint32_t sum_before);

/// `,"sha256":"…"}` and the end of the line.
std::string plan_end(std::string_view sha256);

/// The sum of a complete line that follows a line with `sum_before`; nullopt if the line does not fit.
std::optional<std::uint32_t> sum_of_plan_line(std::string_view line, std::uint32_t sum_before) noexcept;

/// Whether a line, without its end, is the last one of a plan.
bool ends_plan(std::string_view line) noexcept;

/// Reads both files of the run in `directory`, and returns the counts of the last line. Throws InputError when one of
/// them was changed, naming the file and the first line that does not fit.
SignCounts require_sealed_plan(const std::string& directory);

}  // namespace amend
