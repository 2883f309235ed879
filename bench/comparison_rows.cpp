// Writes the rows of the comparisons on standard output: distinct uuids, 173 bytes each, bodies of 221.
//   comparison-rows COUNT
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <iterator>

namespace {

constexpr std::size_t lot_size = 1 << 20;

void append_row(fmt::memory_buffer& out, unsigned n) {
  fmt::format_to(std::back_inserter(out),
                 "1b9d6bcd-bbfd-4b2d-9b5d-{:012x},\"Lovelace, Ada Augusta {:03}\",{:08},ada.augusta.lovelace.{:03}@"
                 "example.com,+852,Analytical Engines and Partners Ltd {:02} (HK),Credit Card\r\n",
                 n, n % 1000, n % 100'000'000, n % 1000, n % 97);
}

bool write(fmt::memory_buffer& received) {
  const bool written = std::fwrite(received.data(), 1, received.size(), stdout) == received.size();
  received.clear();
  return written;
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) {
    std::fprintf(stderr, "usage: %s COUNT\n", words[0]);
    return 2;
  }
  const auto rows = static_cast<unsigned>(std::strtoul(words[1], nullptr, 10));
  fmt::memory_buffer received;
  fmt::format_to(std::back_inserter(received), "id,name,phone,email,dial_code,company_name,default_payment_method\r\n");
  for (unsigned n = 0; n < rows; ++n) {
    append_row(received, n);
    if (received.size() >= lot_size && !write(received)) return 1;
  }
  return write(received) && std::fflush(stdout) == 0 ? 0 : 1;
}
