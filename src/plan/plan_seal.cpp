#include "plan/plan_seal.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "amend/error.hpp"
#include "run/json_reading.hpp"
#include "run/line_sum.hpp"

namespace amend {
namespace {

constexpr std::string_view sum_member = ",\"sum\":\"";
constexpr std::string_view digest_member = ",\"sha256\":\"";
constexpr std::string_view line_end = "\"}";
constexpr std::size_t sum_digits = 8;
constexpr std::size_t digest_digits = 64;
constexpr std::size_t last_line_max = 1024;
constexpr std::size_t piece_bytes = 1 << 20;

[[noreturn]] void refuse_plan(const std::string& file, const std::string& why) {
  throw InputError(
      printable(file) + ": " + why +
      ": the plan may differ from what amend wrote, so amend does not use it. Reconcile the input file again");
}

class PlanFile {
 public:
  explicit PlanFile(const std::string& path) : path_(path), file_(path, std::ios::binary | std::ios::ate) {
    if (!file_) refuse_plan(path_, "is missing or cannot be read");
    bytes_ = static_cast<std::uint64_t>(file_.tellg());
  }

  std::uint64_t bytes() const noexcept { return bytes_; }

  std::string end(std::size_t bytes) {
    std::string text(std::min<std::uint64_t>(bytes, bytes_), '\0');
    read_at(bytes_ - text.size(), text);
    return text;
  }

  std::string sha256(std::uint64_t bytes) {
    Sha256 digest;
    std::string piece;
    for (std::uint64_t at = 0; at < bytes; at += piece.size()) {
      piece.resize(std::min<std::uint64_t>(piece_bytes, bytes - at));
      read_at(at, piece);
      digest.add(piece);
    }
    return digest.hex();
  }

 private:
  void read_at(std::uint64_t offset, std::string& out) {
    file_.seekg(static_cast<std::streamoff>(offset));
    if (!file_.read(out.data(), static_cast<std::streamsize>(out.size())))
      refuse_plan(path_, "cannot be read to its end");
  }

  std::string path_;
  std::ifstream file_;
  std::uint64_t bytes_ = 0;
};

SignCounts counts_in(const boost::json::object& last_line) {
  SignCounts counts;
  const boost::json::value* signs = last_line.if_contains("signs");
  if (signs == nullptr || !signs->is_object()) return counts;
  for (const RowSign sign : all_row_signs)
    counts.add(sign, number_in(signs->get_object(), std::string(1, static_cast<char>(sign))).value_or(0));
  return counts;
}

// Only for the message: the digest has decided already.
std::string first_line_that_does_not_fit(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string line;
  std::uint32_t sum = 0;
  for (std::uint64_t number = 1; std::getline(file, line); ++number) {
    const auto next = sum_of_plan_line(line, sum);
    if (!next) return "line " + std::to_string(number) + " was changed, or lines before it are missing";
    sum = *next;
  }
  return "was changed, or cut at its end";
}

}  // namespace

void Sha256::Free::operator()(evp_md_ctx_st* context) const noexcept { EVP_MD_CTX_free(context); }

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("SHA-256 is not available");
}

void Sha256::add(std::string_view bytes) {
  if (EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1) throw std::runtime_error("SHA-256 failed");
}

std::string Sha256::hex() {
  std::array<unsigned char, 32> digest{};
  unsigned size = 0;
  if (EVP_DigestFinal_ex(context_.get(), digest.data(), &size) != 1) throw std::runtime_error("SHA-256 failed");
  return fmt::format("{:02x}", fmt::join(digest, ""));
}

std::string last_plan_line(const SignCounts& counts, std::string_view rollback_sha256) {
  std::uint64_t rows = 0;
  std::string signs;
  for (const RowSign sign : all_row_signs) {
    if (sign != RowSign::only_api) rows += counts.of(sign);
    if (counts.of(sign) > 0)
      signs += fmt::format("{}\"{}\":{}", signs.empty() ? "" : ",", static_cast<char>(sign), counts.of(sign));
  }
  return fmt::format("{{\"rows\":{},\"signs\":{{{}}},\"rollback_sha256\":\"{}\"", rows, signs, rollback_sha256);
}

std::uint32_t close_plan_line(std::string& out, std::size_t begin, std::uint32_t sum_before) {
  const std::uint32_t sum = line_sum(std::string_view(out).substr(begin), sum_before);
  out += fmt::format("{}{:08x}{}\n", sum_member, sum, line_end);
  return sum;
}

std::string plan_end(std::string_view sha256) { return fmt::format("{}{}{}\n", digest_member, sha256, line_end); }

std::optional<std::uint32_t> sum_of_plan_line(std::string_view line, std::uint32_t sum_before) noexcept {
  constexpr std::size_t tail = sum_member.size() + sum_digits + line_end.size();
  if (line.size() < tail) return std::nullopt;
  const std::uint32_t sum = line_sum(line.substr(0, line.size() - tail), sum_before);
  const std::string digits = fmt::format("{:08x}", sum);
  const std::string_view end = line.substr(line.size() - tail);
  const bool fits =
      end.starts_with(sum_member) && end.ends_with(line_end) && end.substr(sum_member.size(), sum_digits) == digits;
  return fits ? std::optional(sum) : std::nullopt;
}

bool ends_plan(std::string_view line) noexcept { return line.starts_with("{\"rows\":"); }

SignCounts require_sealed_plan(const std::string& directory) {
  const std::string path = directory + "/" + std::string(plan_name);
  PlanFile plan(path);
  const std::string end = plan.end(last_line_max);
  const std::size_t tail = digest_member.size() + digest_digits + line_end.size() + 1;
  if (end.size() < tail) refuse_plan(path, "has no checksum at its end");
  const std::size_t begin = end.rfind('\n', end.size() - 2) + 1;  // of the last line; 0 when it is the only one
  const std::string_view last = std::string_view(end).substr(begin);
  if (!ends_plan(last))
    refuse_plan(path, "has no checksum at its end (the file was cut, or an older version of amend wrote it)");
  const std::string digest = plan.sha256(plan.bytes() - tail);
  if (end.substr(end.size() - tail) != plan_end(digest)) refuse_plan(path, first_line_that_does_not_fit(path));

  const boost::json::object last_line = object_in(last);
  const std::string rollback = directory + "/" + std::string(rollback_name);
  PlanFile before(rollback);
  if (before.sha256(before.bytes()) != text_in(last_line, "rollback_sha256")) refuse_plan(rollback, "was changed");
  return counts_in(last_line);
}

}  // namespace amend
