// XXH3 with 64 bits, for rows, lines of a log and whole files. It detects changes, but is not a defence against
// forgery. Layer 0.
//
// Its code is large, so it is compiled in one place.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace amend {

std::uint64_t xxh3(std::string_view bytes, std::uint64_t seed = 0) noexcept;

/// Hashes bytes that arrive in pieces.
class Xxh3 {
 public:
  Xxh3();
  ~Xxh3();
  void add(std::string_view bytes) noexcept;
  std::uint64_t digest() const noexcept;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace amend
