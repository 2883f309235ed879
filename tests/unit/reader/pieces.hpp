// Inputs for sources that are made of text.
#pragma once

#include <doctest/doctest.h>

#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "amend/reader/source.hpp"

namespace amend::test {

// Hands out the pieces it was given, one a read; `ready` as long as there is one.
class Pieces final : public ByteInput {
 public:
  explicit Pieces(std::vector<std::string> pieces, bool ends = true) : pieces_(std::move(pieces)), ends_(ends) {}

  std::size_t read(std::span<char> buffer) override {
    if (next_ == pieces_.size()) {
      REQUIRE_MESSAGE(ends_, "the source waits for more than the row needs");
      return 0;
    }
    const std::string& piece = pieces_[next_++];
    REQUIRE(piece.size() <= buffer.size());
    std::memcpy(buffer.data(), piece.data(), piece.size());
    return piece.size();
  }
  bool ready() override { return next_ < pieces_.size() || ends_; }

 private:
  std::vector<std::string> pieces_;
  std::size_t next_ = 0;
  bool ends_;
};

/// The text in pieces of `bytes` bytes.
inline std::vector<std::string> cut(const std::string& text, std::size_t bytes) {
  std::vector<std::string> pieces;
  for (std::size_t at = 0; at < text.size(); at += bytes) pieces.push_back(text.substr(at, bytes));
  return pieces;
}

inline InputConfig config(const std::string& file) {
  InputConfig out;
  out.file = file;
  return out;
}

inline std::unique_ptr<Source> source(const std::string& text, const InputConfig& c) {
  return make_source(std::make_unique<Pieces>(std::vector<std::string>{text}), c);
}

inline std::string rows(Source& s) {
  std::string out;
  Record record;
  while (s.next(record)) {
    out += std::to_string(record.position().row) + ":";
    if (record.fault()) out += record.fault()->code;
    for (std::size_t i = 0; i < record.size(); ++i) out += "<" + std::string(record.field(i)) + ">";
    out += "\n";
  }
  return out;
}

}  // namespace amend::test
