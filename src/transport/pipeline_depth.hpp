// Whether a host stands pipelined requests at all: the depth falls to 1 for one that never does. Layer 1, pure.
//
// What such hosts do: answer one request and close, with or without a word; answer the one behind it with 400 and
// close; never answer it. A host that has answered one request that was sent behind another, and did not close by that
// answer, stands it: what it does later has other causes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace amend {

/// One for all connections of a worker to a host.
class PipelineDepth {
 public:
  /// Connections in a row, with answers to first requests only, after which the host is believed.
  static constexpr std::uint32_t refusals_max = 5;

  explicit PipelineDepth(std::size_t depth) noexcept : depth_(depth) {}

  std::size_t depth() const noexcept { return fallen_ ? 1 : depth_; }

  /// An answer to a request that was sent while another was unanswered, and that did not close the connection.
  void stood() noexcept { stands_ = true; }

  /// A connection ended, not by us, on which some request was sent behind another and at least one was answered. True:
  /// the depth has fallen to 1 by this.
  bool ended() noexcept {
    if (stands_ || fallen_ || ++refusals_ < refusals_max) return false;
    fallen_ = true;
    return true;
  }

 private:
  std::size_t depth_;
  std::uint32_t refusals_ = 0;
  bool stands_ = false;
  bool fallen_ = false;
};

}  // namespace amend
