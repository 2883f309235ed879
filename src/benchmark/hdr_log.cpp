#include <fmt/format.h>
#include <openssl/evp.h>
#include <zlib.h>

#include <cmath>
#include <stdexcept>

#include "amend/benchmark/hdr_histogram.hpp"

namespace amend {
namespace {

constexpr std::uint32_t cookie_compressed = 0x1c849304 | 0x10;

std::string compressed(const std::string& text) {
  uLongf size = ::compressBound(static_cast<uLong>(text.size()));
  std::string out(size, '\0');
  const int result = ::compress2(reinterpret_cast<Bytef*>(out.data()), &size,
                                 reinterpret_cast<const Bytef*>(text.data()), static_cast<uLong>(text.size()), 9);
  if (result != Z_OK) throw std::runtime_error("zlib cannot compress a histogram");
  out.resize(size);
  return out;
}

std::string base64(const std::string& bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size =
      ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::string payload(const HdrHistogram& histogram) {
  const std::string body = compressed(histogram.encode());
  std::string bytes;
  for (const std::uint32_t word : {cookie_compressed, static_cast<std::uint32_t>(body.size())})
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(word >> shift & 0xFF);
  return base64(bytes + body);
}

double seconds(std::chrono::nanoseconds duration) { return static_cast<double>(duration.count()) / 1e9; }
double ms(std::chrono::nanoseconds duration) { return static_cast<double>(duration.count()) / 1e6; }

void append_percentile(std::string& out, const HdrHistogram& histogram, std::uint64_t seen, double share) {
  const double value = ms(histogram.percentile(share * 100));
  if (share >= 1) {
    out += fmt::format("{:12.3f} {:2.12f} {:10}\n", value, share, seen);
  } else {
    out += fmt::format("{:12.3f} {:2.12f} {:10} {:14.2f}\n", value, share, seen, 1 / (1 - share));
  }
}

double deviation_ms(const HdrHistogram& histogram) {
  if (histogram.count() == 0) return 0;
  const double mean = ms(histogram.mean());
  double squares = 0;
  histogram.for_each([&](std::chrono::nanoseconds duration, std::uint64_t count) {
    squares += (ms(duration) - mean) * (ms(duration) - mean) * static_cast<double>(count);
  });
  return std::sqrt(squares / static_cast<double>(histogram.count()));
}

}  // namespace

std::string hdr_log_head(std::chrono::nanoseconds started_at) {
  return fmt::format(
      "#[Histogram log format version 1.3]\n"
      "#[StartTime: {:.3f} (seconds since epoch)]\n"
      "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n",
      seconds(started_at));
}

// The maximum is written in milliseconds, as by HdrHistogram's own writers. The histogram itself has nanoseconds.
std::string hdr_log_line(std::string_view tag, std::chrono::nanoseconds start, std::chrono::nanoseconds length,
                         const HdrHistogram& histogram) {
  return fmt::format("Tag={},{:.3f},{:.3f},{:.3f},{}", tag, seconds(start), seconds(length), ms(histogram.max()),
                     payload(histogram));
}

// Five ticks for each halving of the distance to 100 %.
std::string hdr_percentiles(const HdrHistogram& histogram) {
  constexpr int ticks = 5;
  std::string out =
      fmt::format("{:>12} {:>14} {:>10} {:>14}\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
  const auto total = static_cast<double>(histogram.count());
  double share = 0;
  for (int halving = 0; histogram.count() > 0 && (1 - share) * total >= 0.5; ++halving) {
    const double width = std::ldexp(1.0, -halving - 1);
    for (int tick = 0; tick < ticks; ++tick, share += width / ticks)
      append_percentile(out, histogram, static_cast<std::uint64_t>(std::ceil(share * total)), share);
  }
  if (histogram.count() > 0) append_percentile(out, histogram, histogram.count(), 1);
  out +=
      fmt::format("#[Mean    = {:12.3f}, StdDeviation   = {:12.3f}]\n", ms(histogram.mean()), deviation_ms(histogram));
  out += fmt::format("#[Max     = {:12.3f}, Total count    = {:12}]\n", ms(histogram.max()), histogram.count());
  return out;
}

}  // namespace amend
