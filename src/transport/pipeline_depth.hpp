// Finds out whether a host supports pipelined requests, and reduces the depth to 1 when it never does. Pure. Layer 1.
//
// Hosts without support answer one request and close, announced or not. Or they answer the next request with 400 and
// close, or never answer it. A host that answers a request sent behind another, and does not close then, has support.
// Its later failures have other causes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace amend {

/// One object for all connections of a worker to a host.
class PipelineDepth {
 public:
  /// After this number of consecutive connections with responses to first requests only, the host counts as without
  /// support.
  static constexpr std::uint32_t refusals_max = 5;

  explicit PipelineDepth(std::size_t depth) noexcept : depth_(depth) {}

  std::size_t depth() const noexcept { return fallen_ ? 1 : depth_; }

  /// A request that was sent while another was unanswered got a response that did not close the connection.
  void stood() noexcept { stands_ = true; }

  /// A connection was not ended by us, had pipelined requests, and had at least one response. Returns true when this
  /// reduced the depth to 1.
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
