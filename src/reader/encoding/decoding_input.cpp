#include "reader/encoding/decoding_input.hpp"

#include <iconv.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <string_view>
#include <utility>
#include <vector>

#include "amend/error.hpp"
#include "amend/reader/encoding_check.hpp"
#include "reader/encoding/utf8_watch.hpp"
#include "row/csv_cell.hpp"

namespace amend {
namespace {

constexpr std::size_t decoded_bytes_max = 32 * 1024;

// Removes what differs between spellings of the same name.
std::string folded(const std::string& name) {
  std::string out;
  for (const char c : name)
    if (c != '-' && c != '_') out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

class Converter {
 public:
  Converter(const std::string& from, const std::string& to) : handle_(::iconv_open(to.c_str(), from.c_str())) {}
  ~Converter() {
    if (known()) ::iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  bool known() const noexcept { return handle_ != reinterpret_cast<iconv_t>(-1); }

  /// Advances both spans. Returns 0, or the reason why it stopped: EILSEQ, EINVAL (the input ends inside a character),
  /// E2BIG.
  int convert(std::span<char>& in, std::span<char>& out) noexcept {
    char* from = in.data();
    char* to = out.data();
    std::size_t left = in.size();
    std::size_t room = out.size();
    const bool stopped = ::iconv(handle_, &from, &left, &to, &room) == static_cast<std::size_t>(-1);
    const int reason = stopped ? errno : 0;
    in = in.last(left);
    out = out.last(room);
    return reason;
  }

  /// Writes what a stateful encoding, or one that combines letters, has kept until the end.
  void finish(std::span<char>& out) noexcept {
    char* to = out.data();
    std::size_t room = out.size();
    ::iconv(handle_, nullptr, nullptr, &to, &room);
    out = out.last(room);
  }

 private:
  iconv_t handle_;
};

std::size_t bytes_of(std::string text, const std::string& encoding) {
  Converter converter("UTF-8", encoding);
  char room[32];
  std::span<char> in(text);
  std::span<char> out(room);
  converter.convert(in, out);
  return sizeof room - out.size();
}

// The width of a code unit: the number of bytes to skip when a unit does not decode. The mark that iconv writes first
// is in both lengths, so it cancels out.
std::size_t unit_of(const std::string& encoding) {
  return std::max<std::size_t>(1, bytes_of("AA", encoding) - bytes_of("A", encoding));
}

class DecodingInput final : public ByteInput {
 public:
  DecodingInput(std::unique_ptr<ByteInput> input, const std::string& encoding)
      : input_(std::move(input)),
        converter_(encoding, "UTF-8"),
        unit_(unit_of(encoding)),
        is_legacy_(is_legacy_encoding(encoding)),
        buffer_(decoded_bytes_max) {}

  std::size_t read(std::span<char> buffer) override {
    while (decoded_.empty() && !at_end_) fill();
    const std::size_t bytes = std::min(buffer.size(), decoded_.size());
    std::ranges::copy(decoded_.substr(0, bytes), buffer.begin());
    decoded_.remove_prefix(bytes);
    return bytes;
  }

  bool ready() override { return wait(std::chrono::milliseconds(0)); }

  // The available bytes may be half a character, so they are read before the answer is given.
  bool wait(std::chrono::milliseconds timeout) override {
    while (decoded_.empty() && !at_end_) {
      if (!input_->wait(timeout)) return false;
      fill();
      timeout = std::chrono::milliseconds(0);
    }
    return true;
  }

  std::uint64_t bytes_total() const override { return input_->bytes_total(); }
  std::optional<std::uint64_t> raw_bytes_read() const override { return raw_bytes_; }
  bool is_utf8_after_all() const override { return is_legacy_ && watch_.is_utf8_beyond_ascii(); }
  std::optional<ContentRead> content_read() const override { return input_->content_read(); }

 private:
  // Reads once, and decodes all bytes of that read.
  void fill() {
    const std::size_t more = input_->read(std::span(buffer_).subspan(held_));
    at_end_ = more == 0;
    raw_bytes_ += more;
    if (is_legacy_) watch_.take(std::string_view(buffer_.data() + held_, more));
    std::span<char> in = std::span(buffer_).first(held_ + more);
    text_.clear();
    while (!in.empty() && decode_some(in)) {
    }
    if (at_end_) {
      finish(in);
      in = {};
    }
    std::ranges::copy(in, buffer_.begin());
    held_ = in.size();
    decoded_ = text_;
    if (!std::exchange(started_, started_ || !text_.empty()) && decoded_.starts_with(byte_order_mark))
      decoded_.remove_prefix(byte_order_mark.size());
  }

  // Returns false when the rest is half a character.
  bool decode_some(std::span<char>& in) {
    char piece[4096];
    std::span<char> out(piece);
    const int stopped = converter_.convert(in, out);
    text_.append(piece, sizeof piece - out.size());
    if (stopped == EINVAL) return false;
    if (stopped != EILSEQ) return true;
    text_ += undecodable;
    in = in.subspan(std::min(unit_, in.size()));
    return true;
  }

  void finish(std::span<char> rest) {
    char piece[64];
    std::span<char> out(piece);
    converter_.finish(out);
    text_.append(piece, sizeof piece - out.size());
    if (!rest.empty()) text_ += undecodable;  // the input ends inside a character
  }

  std::unique_ptr<ByteInput> input_;
  Converter converter_;
  std::size_t unit_;
  bool is_legacy_;
  Utf8Watch watch_;
  std::vector<char> buffer_;
  std::size_t held_ = 0;  // bytes of buffer_ that are an incomplete character
  std::string text_;
  std::string_view decoded_;  // the part of text_ that was not returned yet
  std::uint64_t raw_bytes_ = 0;
  bool at_end_ = false;
  bool started_ = false;
};

}  // namespace

std::string known_encoding(const std::string& name) {
  const std::string spelled = folded(name);
  if (spelled == "UTF8") return "UTF-8";
  if (spelled == "UTF16" || spelled == "UCS2" || spelled == "UNICODE") return "UTF-16";
  if (spelled == "UTF16LE" || spelled == "UCS2LE" || spelled == "UNICODELITTLE") return "UTF-16LE";
  if (spelled == "UTF16BE" || spelled == "UCS2BE" || spelled == "UNICODEBIG") return "UTF-16BE";
  if (spelled == "UTF32" || spelled == "UTF32LE" || spelled == "UTF32BE") return "UTF-" + spelled.substr(3);
  // iconv takes a name of slashes or blanks for the locale's encoding.
  const bool is_name = !name.empty() && name.find_first_of("/ \t") == std::string::npos;
  if (is_name && Converter(name, "UTF-8").known()) return name;
  throw ConfigError("--encoding " + printable(name, 40) +
                    ": unknown encoding. Use, for example, utf-8, utf-16, windows-1252, latin1, gbk, big5 or shift_jis "
                    "(`iconv -l` lists them)");
}

std::unique_ptr<ByteInput> decode(std::unique_ptr<ByteInput> input, const std::string& encoding) {
  return std::make_unique<DecodingInput>(std::move(input), encoding);
}

}  // namespace amend
