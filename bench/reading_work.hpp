// The file that the benches of reading work on, and how they count what they did with it.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>

#include "rows.hpp"

namespace bench {

inline constexpr unsigned csv_rows = 100'000;

inline const std::string& csv_text() {
  static const std::string text = csv(csv_rows);
  return text;
}

inline void count_rows_read(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * csv_rows);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(csv_text().size()));
}

}  // namespace bench
