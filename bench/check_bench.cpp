// How fast is a whole file looked at before a run? Held against finding its line ends, which any reader must do, and
// against parsing alone. Rows of 150 bytes, warm page cache.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include "amend/reader/csv_parser.hpp"
#include "amend/reader/id_index.hpp"
#include "amend/reader/preflight.hpp"
#include "rows.hpp"

namespace {

constexpr unsigned rows = 100'000;

const std::string& text() {
  static const std::string csv = bench::csv(rows);
  return csv;
}

void count(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * rows);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text().size()));
}

class TextFile {
 public:
  explicit TextFile(const std::string& content)
      : path_((std::filesystem::temp_directory_path() / ("amend-bench-" + std::to_string(::getpid()) + ".csv"))) {
    std::FILE* const file = std::fopen(path_.c_str(), "wb");
    const bool written = file != nullptr && std::fwrite(content.data(), 1, content.size(), file) == content.size();
    if (!written || std::fclose(file) != 0) std::abort();
  }
  ~TextFile() { std::filesystem::remove(path_); }
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

void find_line_ends(benchmark::State& state) {
  const char* const end = text().data() + text().size();
  for (auto _ : state) {
    unsigned lines = 0;
    for (const char* at = text().data(); at != end; ++lines) {
      const void* const found = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
      at = found == nullptr ? end : static_cast<const char*>(found) + 1;
    }
    benchmark::DoNotOptimize(lines);
  }
  count(state);
}
BENCHMARK(find_line_ends);

void parse_only(benchmark::State& state) {
  amend::Record record;
  for (auto _ : state) {
    amend::CsvParser parser(',', 1 << 20, 4096);
    std::string_view input = text();
    while (parser.parse(input, record) == amend::CsvParser::Stop::record) benchmark::DoNotOptimize(record.size());
  }
  count(state);
}
BENCHMARK(parse_only);

void check_whole_file(benchmark::State& state) {
  const TextFile file(text());
  amend::InputConfig input;
  input.file = file.path();
  const std::atomic<bool> stop{false};
  for (auto _ : state)
    if (!amend::Preflight(input, amend::MappingConfig()).run(stop).clean()) state.SkipWithError("not clean");
  count(state);
}
BENCHMARK(check_whole_file);

void find_duplicates(benchmark::State& state) {
  const auto ids = static_cast<unsigned>(state.range(0));
  std::vector<std::string> texts;
  for (unsigned n = 0; n < 1'024; ++n) texts.push_back(bench::row(n).substr(0, 36));
  for (auto _ : state) {
    amend::IdIndex index;
    for (unsigned n = 0; n < ids; ++n) {
      std::string& id = texts[n % 1'024];
      std::memcpy(id.data(), &"0123456789abcdef0123456789abcdef"[n / 1'024 % 16], 8);
      for (unsigned i = 0; i < 5; ++i) id[i + 24] = "0123456789abcdef"[n >> (10 + 4 * i) & 15];
      index.add(id, n + 1);
    }
    benchmark::DoNotOptimize(index.count().ids);
  }
  state.SetItemsProcessed(state.iterations() * ids);
}
BENCHMARK(find_duplicates)->Arg(1 << 17)->Arg(10'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
