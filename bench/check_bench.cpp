// How fast is a whole file looked at before a run, and how fast are duplicates found? Rows of 150 bytes, warm page
// cache.
#include <benchmark/benchmark.h>

#include <atomic>
#include <cstring>
#include <fstream>
#include <string>

#include "amend/reader/check.hpp"
#include "amend/reader/id_index.hpp"
#include "folder.hpp"
#include "reading_work.hpp"

namespace {

void check_whole_file(benchmark::State& state) {
  const bench::Folder folder;
  amend::InputConfig input;
  input.file = folder.path() + "/customers.csv";
  std::ofstream(input.file, std::ios::binary) << bench::csv_text();
  const std::atomic<bool> stop{false};
  for (auto _ : state)
    if (!amend::check_input(input, amend::MappingConfig(), stop).clean()) state.SkipWithError("not clean");
  bench::count_rows_read(state);
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
