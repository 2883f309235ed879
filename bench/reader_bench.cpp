// How long does a row take from bytes to an update? Held against finding its line ends, which any reader must do.
#include <benchmark/benchmark.h>

#include <cstring>

#include "queue/batch_pool.hpp"
#include "reader/csv/csv_parser.hpp"
#include "reader/mapping/mapper.hpp"
#include "reading_work.hpp"

namespace {

void find_line_ends(benchmark::State& state) {
  const char* const end = bench::csv_text().data() + bench::csv_text().size();
  for (auto _ : state) {
    unsigned lines = 0;
    for (const char* at = bench::csv_text().data(); at != end; ++lines) {
      const void* const found = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
      at = found == nullptr ? end : static_cast<const char*>(found) + 1;
    }
    benchmark::DoNotOptimize(lines);
  }
  bench::count_rows_read(state);
}
BENCHMARK(find_line_ends);

void csv_scan(benchmark::State& state) {
  amend::Record record;
  for (auto _ : state) {
    amend::CsvParser parser(',', 1 << 20, 4096);
    std::string_view input = bench::csv_text();
    while (parser.parse(input, record) == amend::CsvParser::Stop::record) benchmark::DoNotOptimize(record.size());
  }
  bench::count_rows_read(state);
}
BENCHMARK(csv_scan);

// A record cut out before, over and over: checked, rendered, and put into batches as the reader makes them.
void map_and_render(benchmark::State& state) {
  const std::vector<std::string> header{"id", "name", "phone", "email", "dial_code", "company_name"};
  amend::Mapper mapper(amend::MappingConfig(), amend::Format::csv, header);
  amend::BatchPool pool(1);
  amend::CsvParser parser(',', 1 << 20, 4096);
  amend::Record record;
  const std::string line = bench::row(17);
  std::string_view input = line;
  parser.parse(input, record);
  amend::Batch* batch = pool.acquire();
  for (auto _ : state) {
    if (mapper.map(record, *batch)) state.SkipWithError("a row was rejected");
    if (batch->size() < amend::rows_per_batch_max) continue;
    pool.reclaim(batch);
    batch = pool.acquire();
  }
  pool.reclaim(batch);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(map_and_render);

void csv_scan_map_and_render(benchmark::State& state) {
  const std::vector<std::string> header{"id", "name", "phone", "email", "dial_code", "company_name"};
  amend::Mapper mapper(amend::MappingConfig(), amend::Format::csv, header);
  amend::BatchPool pool(1);
  amend::Record record;
  for (auto _ : state) {
    amend::Batch* batch = pool.acquire();
    amend::CsvParser parser(',', 1 << 20, 4096);
    std::string_view input = bench::csv_text();
    parser.parse(input, record);  // the header
    while (parser.parse(input, record) == amend::CsvParser::Stop::record) {
      if (mapper.map(record, *batch)) state.SkipWithError("a row was rejected");
      if (batch->size() < amend::rows_per_batch_max) continue;
      pool.reclaim(batch);
      batch = pool.acquire();
    }
    pool.reclaim(batch);
  }
  bench::count_rows_read(state);
}
BENCHMARK(csv_scan_map_and_render);

}  // namespace
