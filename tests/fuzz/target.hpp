// What a fuzz target is: one function, called with any bytes. It aborts when something is not as it must be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace amend::fuzz {

inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

/// Takes settings off the front of the input, so that the fuzzer finds them by itself.
class Dice {
 public:
  explicit Dice(std::string_view bytes) noexcept : bytes_(bytes) {}

  std::size_t below(std::size_t bound) noexcept {
    if (bytes_.empty()) return 0;
    const auto face = static_cast<unsigned char>(bytes_.front());
    bytes_.remove_prefix(1);
    return face % bound;
  }
  std::string_view rest() const noexcept { return bytes_; }

 private:
  std::string_view bytes_;
};

}  // namespace amend::fuzz
