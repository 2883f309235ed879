#include "amend/benchmark/hdr_histogram.hpp"

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <random>

using namespace amend;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

namespace {

std::uint64_t big_endian(std::string_view text, std::size_t at, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | static_cast<unsigned char>(text.at(at + i));
  return value;
}

// What an importer does, as the format is described: ZigZag LEB128, at most nine bytes.
std::vector<std::int64_t> read_counts(std::string_view text) {
  std::vector<std::int64_t> counts;
  for (std::size_t at = 0; at < text.size();) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < 9; ++i) {
      const auto byte = static_cast<unsigned char>(text.at(at++));
      value |= static_cast<std::uint64_t>(i == 8 ? byte : byte & 0x7F) << (7 * i);
      if (i == 8 || (byte & 0x80) == 0) break;
    }
    counts.push_back(static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1));
  }
  return counts;
}

std::string from_base64(std::string_view text) {
  std::string out(text.size() / 4 * 3, '\0');
  const int size =
      ::EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  REQUIRE(size >= 0);
  out.resize(static_cast<std::size_t>(size) - static_cast<std::size_t>(std::ranges::count(text, '=')));
  return out;
}

std::string uncompressed(std::string_view bytes) {
  std::string out(1 << 20, '\0');
  uLongf size = out.size();
  REQUIRE(::uncompress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
                       bytes.size()) == Z_OK);
  out.resize(size);
  return out;
}

}  // namespace

TEST_CASE("HdrHistogram: any percentile of any durations is exact to three digits") {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> exponent(4, 12);  // 10 µs to 1,000 s
  std::vector<std::int64_t> durations;
  HdrHistogram histogram;
  for (int i = 0; i < 20'000; ++i) {
    durations.push_back(static_cast<std::int64_t>(std::pow(10, exponent(random))));
    histogram.record(nanoseconds(durations.back()));
  }
  std::ranges::sort(durations);
  for (const double percent : {0.01, 1.0, 25.0, 50.0, 90.0, 99.0, 99.9, 99.99}) {
    CAPTURE(percent);
    const auto rank = static_cast<std::size_t>(std::ceil(percent / 100 * 20'000 - 1e-9));
    const auto exact = static_cast<double>(durations[rank - 1]);
    const double off = std::abs(static_cast<double>(histogram.percentile(percent).count()) - exact);
    CHECK(off <= std::max(512.0, exact / 1'000));
  }
  CHECK(histogram.percentile(100).count() == durations.back());
  CHECK(histogram.count() == 20'000);
}

TEST_CASE("HdrHistogram: what lies outside of 1 µs and 1 h counts as these") {
  HdrHistogram histogram;
  histogram.record(-5ns);
  histogram.record(0ns);
  CHECK(histogram.percentile(50) == 1us);
  histogram.record(100h);
  CHECK(histogram.max() == 1h);
  CHECK(histogram.count() == 3);
}

TEST_CASE("HdrHistogram: an empty one has no percentiles, and merging adds up") {
  HdrHistogram empty;
  CHECK(empty.percentile(99) == 0ns);
  CHECK(empty.mean() == 0ns);
  HdrHistogram a, b;
  a.record(10ms);
  b.record(20ms);
  b.record(30ms);
  a.merge(b);
  a.merge(empty);
  CHECK(a.count() == 3);
  CHECK(a.mean() == 20ms);
  CHECK(a.max() == 30ms);
  CHECK(std::abs((a.percentile(50) - 20ms).count()) <= 20'000);
}

TEST_CASE("HdrHistogram: what is exported is read back count by count, as HdrHistogram lays it out") {
  HdrHistogram histogram;
  for (const nanoseconds duration : {nanoseconds(1'000), nanoseconds(1'500), nanoseconds(5'000'000), nanoseconds(1h)})
    histogram.record(duration);
  for (int i = 0; i < 300; ++i) histogram.record(5ms);
  const std::string bytes = histogram.encode();
  CHECK(big_endian(bytes, 0, 4) == 0x1c849313);
  CHECK(big_endian(bytes, 4, 4) == bytes.size() - 40);
  CHECK(big_endian(bytes, 8, 4) == 0);
  CHECK(big_endian(bytes, 12, 4) == 3);
  CHECK(big_endian(bytes, 16, 8) == 1'000);
  CHECK(big_endian(bytes, 24, 8) == 3'600'000'000'000);
  CHECK(big_endian(bytes, 32, 8) == 0x3FF0000000000000);  // 1.0
  // Steps of 512 ns up to 1.05 ms: 1,000 and 1,500 ns lie in the second and third one. Steps of 4,096 ns from 4.19 ms.
  const auto counts = read_counts(std::string_view(bytes).substr(40));
  REQUIRE(counts.size() >= 5);
  CHECK(counts[0] == -1);
  CHECK(counts[1] == 1);
  CHECK(counts[2] == 1);
  const std::int64_t step_of_5_ms = 4 * 1'024 + (5'000'000 >> 12) - 1'024;
  CHECK(counts[3] == -(step_of_5_ms - 3));
  CHECK(counts[4] == 301);
  CHECK(counts.back() == 1);
}

TEST_CASE("hdr_log_line: the payload is the compressed histogram, and the line says when it was") {
  HdrHistogram histogram;
  histogram.record(12ms);
  const std::string line = hdr_log_line("latency", 3s, 10s, histogram);
  const std::string head = "Tag=latency,3.000,10.000,12.000,";
  REQUIRE(line.substr(0, head.size()) == head);
  const std::string bytes = from_base64(std::string_view(line).substr(head.size()));
  CHECK(big_endian(bytes, 0, 4) == 0x1c849314);
  REQUIRE(big_endian(bytes, 4, 4) == bytes.size() - 8);
  CHECK(uncompressed(std::string_view(bytes).substr(8)) == histogram.encode());
}

TEST_CASE("hdr_percentiles: rises to the maximum and counts all, and an empty histogram ends as well") {
  HdrHistogram histogram;
  for (int i = 1; i <= 1'000; ++i) histogram.record(i * 1ms);
  const std::string text = hdr_percentiles(histogram);
  CHECK(text.find("1000.000 1.000000000000       1000\n") != std::string::npos);
  CHECK(text.find("Total count    =         1000]") != std::string::npos);
  CHECK(hdr_percentiles(HdrHistogram()).find("Total count    =            0]") != std::string::npos);
}
