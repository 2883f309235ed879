#include "amend/reader/encoding_check.hpp"

#include <algorithm>

#include "amend/wonder/customer_schema.hpp"
#include "reader/encoding/encoding_guess.hpp"
#include "row/byte_group.hpp"
#include "row/shown_number.hpp"

namespace amend {
namespace {

constexpr std::size_t examples_max = 3;
constexpr std::uint64_t rows_guessed_from_max = 10'000;

std::string rows_are(std::uint64_t rows) { return show_count(rows) + (rows == 1 ? " row is" : " rows are"); }

std::string places(const EncodingTrouble& trouble) {
  std::string out;
  for (const Position& at : trouble.first)
    out += (out.empty() ? " (" : "; ") + ("row " + std::to_string(at.row) + ", line " + std::to_string(at.line)) +
           ", byte " + std::to_string(at.byte);
  return out.empty() ? out : out + (trouble.rows > trouble.first.size() ? "; …)" : ")");
}

// An ASCII letter has one NUL beside it in UTF-16, always on the same side, and three in UTF-32. Empty: it is neither.
std::string_view encoding_by_nuls(std::string_view text) noexcept {
  std::size_t nuls = 0;
  std::size_t at_even = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    nuls += text[i] == '\0' ? 1 : 0;
    at_even += text[i] == '\0' && i % 2 == 0 ? 1 : 0;
  }
  if (nuls < 2) return {};
  if (at_even == 0) return "utf-16le";
  if (at_even == nuls) return "utf-16be";
  if (nuls * 2 < text.size()) return {};
  return text.front() == '\0' ? "utf-32be" : "utf-32le";
}

}  // namespace

bool is_beyond_ascii(std::string_view text) noexcept {
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8)
    if ((load_group(text.data() + at) & high_bits) != 0) return true;
  return std::ranges::any_of(text.substr(at), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

bool is_legacy_encoding(std::string_view name) noexcept { return !name.starts_with("UTF-"); }

EncodingCheck::EncodingCheck(const Source& source) : source_(source) {}
EncodingCheck::~EncodingCheck() = default;

void EncodingCheck::take(const Record& record) {
  if (source_.encoding_basis() == EncodingBasis::marked) return;
  const bool named = source_.encoding_basis() == EncodingBasis::named;
  if (named && !is_legacy_encoding(source_.encoding())) return;
  const bool counts = named ? is_beyond_ascii(record.raw()) : record.fault() && !wonder::is_utf8(record.raw());
  if (!counts) return;
  if (first_.size() < examples_max) first_.push_back(record.position());
  if (++rows_ > rows_guessed_from_max || named) return;
  if (!guess_) guess_ = std::make_unique<EncodingGuess>();
  guess_->take(record.raw());
}

std::optional<EncodingTrouble> EncodingCheck::trouble() const {
  const bool named = source_.encoding_basis() == EncodingBasis::named;
  if (rows_ == 0 || (named && !source_.is_utf8_after_all())) return std::nullopt;
  EncodingTrouble out;
  out.kind = named ? EncodingTrouble::Kind::utf8_after_all : EncodingTrouble::Kind::not_utf8;
  out.rows = rows_;
  out.first = first_;
  if (named) out.named = source_.encoding();
  if (guess_) out.likely = guess_->name();
  if (guess_) out.likely_names = guess_->names();
  return out;
}

std::string describe(const EncodingTrouble& trouble) {
  if (trouble.kind == EncodingTrouble::Kind::utf8_after_all)
    return "--encoding " + printable(trouble.named, 40) +
           ": every row with characters beyond ASCII is UTF-8: " + show_count(trouble.rows) +
           (trouble.rows == 1 ? " row" : " rows") + places(trouble);
  const std::string likely = trouble.likely.empty() ? "" : "; the encoding is probably " + trouble.likely_names;
  return rows_are(trouble.rows) + " not UTF-8" + places(trouble) + likely;
}

std::string remedy(const EncodingTrouble& trouble) {
  if (trouble.kind == EncodingTrouble::Kind::utf8_after_all)
    return "leave --encoding out. If the file really is " + printable(trouble.named, 40) + ", convert it: iconv -f " +
           printable(trouble.named, 40) + " -t utf-8";
  const std::string name = trouble.likely.empty() ? "NAME" : trouble.likely;
  return "name the encoding with --encoding " + name +
         ", or export the file as UTF-8. If the file is UTF-8 with damaged rows, --encoding utf-8 rejects only those "
         "rows";
}

EncodingError encoding_error(const std::string& file, const EncodingTrouble& trouble) {
  return EncodingError((file == "-" ? "stdin" : printable(file)) + ": " + describe(trouble) +
                           ". Nothing was sent, because rows could contain wrong letters. To continue, " +
                           remedy(trouble),
                       trouble.likely);
}

EncodingError header_error(const std::string& where, std::string_view raw, std::string_view rest) {
  std::string likely(encoding_by_nuls(raw));
  std::string names = likely;
  if (raw.find('\0') == std::string_view::npos) {
    EncodingGuess guess;
    guess.take(raw);
    guess.take(rest);
    likely = guess.name();
    names = guess.names();
  }
  return EncodingError(
      where + "the header is not UTF-8" + (likely.empty() ? "" : "; the encoding is probably " + names) +
          ". Name the encoding with --encoding " + (likely.empty() ? "NAME" : likely) + ", or export the file as UTF-8",
      likely);
}

}  // namespace amend
