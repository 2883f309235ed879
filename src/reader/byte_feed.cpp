#include "reader/byte_feed.hpp"

#include <cstring>
#include <utility>

namespace amend {
namespace {

constexpr std::size_t buffer_bytes = 256 * 1024;

}  // namespace

ByteFeed::ByteFeed(std::unique_ptr<ByteInput> input) : input_(std::move(input)), buffer_(buffer_bytes) {}

bool ByteFeed::refill() {
  if (!rest_.empty()) return true;
  if (at_end_) return false;
  const std::size_t bytes = input_->read(buffer_);
  at_end_ = bytes == 0;
  rest_ = std::string_view(buffer_.data(), bytes);
  return !at_end_;
}

void ByteFeed::require(std::size_t bytes) {
  if (!rest_.empty()) std::memmove(buffer_.data(), rest_.data(), rest_.size());
  std::size_t held = rest_.size();
  while (held < bytes && held < buffer_.size() && !at_end_) {
    const std::size_t more = input_->read(std::span(buffer_).subspan(held));
    at_end_ = more == 0;
    held += more;
  }
  rest_ = std::string_view(buffer_.data(), held);
}

}  // namespace amend
