#include "row/xxh3.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace amend {

std::uint64_t xxh3(std::string_view bytes, std::uint64_t seed) noexcept {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

class Xxh3::State {
 public:
  XXH3_state_t value;
};

Xxh3::Xxh3() : state_(std::make_unique<State>()) { XXH3_64bits_reset(&state_->value); }
Xxh3::~Xxh3() = default;
void Xxh3::add(std::string_view bytes) noexcept { XXH3_64bits_update(&state_->value, bytes.data(), bytes.size()); }
std::uint64_t Xxh3::digest() const noexcept { return XXH3_64bits_digest(&state_->value); }

}  // namespace amend
