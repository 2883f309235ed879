// Cuts complete HTTP/1.1 requests out of a connection's bytes (Beast's parser, all that are there at once). No I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "api_request.hpp"

namespace amend::sim {

/// One a connection. Bytes may come in pieces of any size.
class RequestReader {
 public:
  enum class Result : std::uint8_t {
    request,    ///< `request()` is complete
    need_more,  ///< all that can be used was consumed
    bad,        ///< not HTTP, or too large: answer `status()` and close
  };

  explicit RequestReader(std::size_t body_bytes_max = 1 << 20);
  ~RequestReader();

  /// `bytes` is what was not consumed before plus what came in; `consumed` is set to what must not be given again.
  Result read(std::string_view bytes, std::size_t& consumed);

  const ApiRequest& request() const noexcept;
  std::uint16_t status() const noexcept;  ///< 400, 413 or 431

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace amend::sim
