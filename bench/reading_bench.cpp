// How long does a row take from bytes to an update? Parsing alone, and parsing, checking and rendering.
#include <benchmark/benchmark.h>

#include "amend/queue/batch_pool.hpp"
#include "amend/reader/csv_parser.hpp"
#include "amend/reader/mapper.hpp"
#include "rows.hpp"

namespace {

constexpr unsigned rows = 1000;

void parse(benchmark::State& state) {
  const std::string text = bench::csv(rows);
  amend::Record record;
  for (auto _ : state) {
    amend::CsvParser parser(',', 1 << 20, 4096);
    std::string_view input = text;
    while (parser.parse(input, record) == amend::CsvParser::Stop::record) benchmark::DoNotOptimize(record.size());
  }
  state.SetItemsProcessed(state.iterations() * rows);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(parse);

void parse_and_map(benchmark::State& state) {
  const std::string text = bench::csv(rows);
  const std::vector<std::string> header{"id", "name", "phone", "email", "dial_code", "company_name"};
  amend::Mapper mapper(amend::MappingConfig(), amend::Format::csv, header);
  amend::BatchPool pool(1, 1 << 22);
  amend::Record record;
  for (auto _ : state) {
    amend::Batch* batch = pool.acquire();
    amend::CsvParser parser(',', 1 << 20, 4096);
    std::string_view input = text;
    parser.parse(input, record);  // the header
    while (parser.parse(input, record) == amend::CsvParser::Stop::record)
      if (mapper.map(record, *batch)) state.SkipWithError("a row was rejected");
    pool.reclaim(batch);
  }
  state.SetItemsProcessed(state.iterations() * rows);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(parse_and_map);

}  // namespace
