// Any bytes as the server's side of one connection: the answers do not depend on where the bytes are cut, memory stays
// within the limits, and after an error there is no further answer.
#include <algorithm>
#include <cstring>
#include <string>

#include "target.hpp"
#include "transport/http1_codec.hpp"

using namespace amend;
using fuzz::require;
using http1::ResponseParser;

namespace {

std::string text_of(const Response& response) {
  return std::to_string(response.status) + (response.close ? "c" : "k") + (response.has_rate_fields ? "r" : "-") +
         std::string(response.head) + '\n' + std::string(response.retry_after) + '\n' + std::string(response.date) +
         '\n' + std::string(response.location) + '\n' + std::string(response.content_type) + '\n' +
         std::string(response.body) + '\n';
}

// What came out, as text.
std::string read(std::string_view bytes, std::size_t piece, http1::Limits limits) {
  ResponseParser parser(limits);
  std::string seen;
  Response response;
  const auto take_all = [&] {
    for (;;) {
      const auto step = parser.next(response);
      if (step == ResponseParser::Step::need_more) return true;
      if (step == ResponseParser::Step::error) break;
      require(response.status >= 200 && response.status <= 599, "only final answers come out");
      require(response.body.size() <= limits.body_bytes_max, "no body is longer than the limit");
      require(response.head.size() <= limits.head_bytes_max, "no head is longer than the limit");
      require(response.head.empty() || response.head.ends_with("\r\n"), "a head is whole lines");
      seen += text_of(response);
    }
    require(!parser.error().empty(), "an error has a reason");
    require(parser.next(response) == ResponseParser::Step::error, "an error stays");
    return false;
  };
  while (!bytes.empty()) {
    const std::size_t size = std::min(piece, bytes.size());
    std::memcpy(parser.prepare(size).data(), bytes.data(), size);
    parser.commit(size);
    bytes.remove_prefix(size);
    require(parser.buffer_bytes() <= 2 * (2 * limits.head_bytes_max + limits.body_bytes_max + piece) + 64,
            "memory is bounded by the limits");
    if (!take_all()) return seen + "error";
  }
  const auto step = parser.finish(response);
  if (step == ResponseParser::Step::response) seen += text_of(response);
  return seen + (step == ResponseParser::Step::error ? "cut" : "end");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Dice dice(std::string_view(reinterpret_cast<const char*>(data), size));
  http1::Limits limits;
  limits.head_bytes_max = 16 + dice.below(256);
  limits.body_bytes_max = dice.below(256);
  limits.interim_max = static_cast<std::uint32_t>(dice.below(4));
  const std::size_t piece = 1 + dice.below(16);
  const std::string whole = read(dice.rest(), size + 1, limits);
  require(read(dice.rest(), piece, limits) == whole, "pieces make no difference");
  require(read(dice.rest(), 1, limits) == whole, "single bytes make no difference");
  return 0;
}
