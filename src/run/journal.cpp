#include "amend/run/journal.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "row/hexadecimal.hpp"
#include "row/xxh3.hpp"
#include "run/line_sum.hpp"

namespace amend {
namespace {

constexpr std::string_view sum_member = ",\"sum\":\"";
constexpr std::string_view hash_member = ",\"hash\":\"";
constexpr std::string_view synced_member = ",\"synced\":";
constexpr std::string_view line_end_and_lf = "\"}\n";
constexpr std::string_view line_end = line_end_and_lf.substr(0, 2);
constexpr std::size_t sum_digits = 8;
constexpr std::size_t hash_digits = 16;

// `before`, the digits and `behind` in one call of append.
template <std::size_t digits>
void append_hex_member(std::string& out, std::string_view before, std::uint64_t value, std::string_view behind) {
  std::array<char, 48> piece;
  char* at = std::ranges::copy(before, piece.data()).out;
  for (std::size_t i = digits; i-- > 0;) *at++ = hex_digits[value >> (4 * i) & 0xF];
  at = std::ranges::copy(behind, at).out;
  out.append(piece.data(), at);
}

// In the form of append_hex_member: a digit in another case is a change too.
bool has_capital(std::string_view text) noexcept {
  return std::ranges::any_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

template <class Number>
std::optional<Number> parse(std::string_view text, int base) noexcept {
  if (has_capital(text)) return std::nullopt;
  Number value{};
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

// The text between `before` and the next of `ends`.
std::string_view member(std::string_view line, std::string_view before, std::string_view ends) noexcept {
  const std::size_t at = line.find(before);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = line.substr(at + before.size());
  return rest.substr(0, rest.find_first_of(ends));
}

// The line without its sum, and the sum in it. nullopt: it has none.
std::optional<std::uint32_t> split_sum(std::string_view& line) noexcept {
  constexpr std::size_t tail = sum_member.size() + sum_digits + line_end.size();
  if (line.size() < tail || !line.ends_with(line_end)) return std::nullopt;
  const std::string_view end = line.substr(line.size() - tail);
  if (!end.starts_with(sum_member)) return std::nullopt;
  line.remove_suffix(tail);
  return parse<std::uint32_t>(end.substr(sum_member.size(), sum_digits), 16);
}

// As written. It may contain any escaped text, so the member after it is searched behind it.
std::optional<std::string_view> id_in(std::string_view line) noexcept {
  constexpr std::string_view before = ",\"id\":\"";
  const std::size_t found = line.find(before);
  if (found == std::string_view::npos) return std::nullopt;
  const std::size_t begin = found + before.size();
  std::size_t end = begin;
  while (end < line.size() && line[end] != '"') end += line[end] == '\\' ? 2 : 1;
  if (end >= line.size()) return std::nullopt;
  return line.substr(begin, end - begin);
}

std::optional<Status> status_named(std::string_view name) noexcept {
  for (std::size_t i = 0; i < status_count; ++i)
    if (to_string(static_cast<Status>(i)) == name) return static_cast<Status>(i);
  return std::nullopt;
}

// amend wrote a line whose sum fits, so it is read by its form, without a JSON parser.
bool read_members(std::string_view line, JournalRecord& out) noexcept {
  const auto row = parse<std::uint64_t>(member(line, "{\"row\":", ","), 10);
  const auto id = id_in(line);
  if (!id) return false;
  const std::string_view behind_id = line.substr(static_cast<std::size_t>(id->data() + id->size() - line.data()));
  const auto status = status_named(member(behind_id, "\"status\":\"", "\""));
  if (line.size() < hash_digits + 1) return false;
  const auto hash = parse<std::uint64_t>(line.substr(line.size() - hash_digits - 1, hash_digits), 16);
  if (!row || !status || !hash) return false;
  // Texts before it have their quotes escaped.
  out.late_until_ms = parse<std::uint64_t>(member(behind_id, ",\"late_until_ms\":", ",}"), 10).value_or(0);
  out.row = *row;
  out.id = *id;
  out.status = *status;
  out.hash = *hash;
  return true;
}

// It is directly before the hash.
std::uint64_t synced_in(std::string_view line) noexcept {
  const std::size_t hash = line.rfind(hash_member);
  const std::size_t at = line.rfind(synced_member, hash);
  if (hash == std::string_view::npos || at == std::string_view::npos) return 0;
  const std::size_t begin = at + synced_member.size();
  return parse<std::uint64_t>(line.substr(begin, hash - begin), 10).value_or(0);
}

}  // namespace

std::uint32_t line_sum(std::string_view text, std::uint32_t before) noexcept {
  return static_cast<std::uint32_t>(xxh3(text, before));
}

std::uint64_t content_hash(std::string_view row) noexcept { return xxh3(row); }

void JournalSeal::close_line(std::string& out, std::size_t begin, std::uint64_t hash,
                             std::optional<std::uint64_t> synced) {
  if (synced) out.append(synced_member).append(std::to_string(*synced));
  append_hex_member<hash_digits>(out, hash_member, hash, "\"");
  sum_ = line_sum(std::string_view(out).substr(begin), sum_);
  append_hex_member<sum_digits>(out, sum_member, sum_, line_end_and_lf);
}

JournalReader::Stop JournalReader::parse(std::string_view& input, JournalRecord& out) {
  while (!input.empty()) {
    const std::size_t end = input.find('\n');
    const std::string_view piece = input.substr(0, end);
    if (line_.size() + piece.size() > line_bytes_max) {
      too_long_ = true;
      line_.clear();
    } else if (!too_long_) {
      line_ += piece;
    }
    offset_ += piece.size();
    input.remove_prefix(piece.size());
    if (end == std::string_view::npos) break;
    input.remove_prefix(1);
    ++offset_;
    shown_.swap(line_);
    const bool good = take_line(shown_, out);
    out.text = shown_;
    line_.clear();
    too_long_ = false;
    begin_ = offset_;
    if (good) return Stop::record;
  }
  return Stop::need_input;
}

bool JournalReader::take_line(std::string_view line, JournalRecord& out) {
  const std::string_view whole = line;
  const auto sum = too_long_ ? std::nullopt : split_sum(line);
  // Behind a bad line the check can only continue from the sum in that line.
  const auto before = first_bad_ ? sum_before_ : std::optional(sum_);
  sum_before_ = sum;
  const bool fits = sum && before && line_sum(line, *before) == *sum;
  if (fits) synced_ = std::max(synced_, synced_in(line));
  if (first_bad_) return false;
  if (!fits || !read_members(line, out)) {
    first_bad_ = begin_;
    return false;
  }
  sum_ = *sum;
  out.offset = begin_;
  whole_bytes_ = begin_ + whole.size() + 1;
  return true;
}

std::optional<std::uint64_t> JournalReader::damaged_at() const noexcept {
  return whole_bytes_ < synced_ ? first_bad_.value_or(whole_bytes_) : std::optional<std::uint64_t>();
}

}  // namespace amend
