// The reader's part of a row: bytes, cells, checks, the JSON body, a batch on its way.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <thread>

#include "amend/reader/source.hpp"
#include "harsh/allocations/allocations.hpp"
#include "reader/mapping/mapper.hpp"
#include "reader/reader.hpp"
#include "support/process.hpp"

using namespace amend;
using amend::test::none_per_row;
using amend::test::SteadyState;

namespace {

constexpr unsigned rows_read = 60'000;

std::string csv() {
  std::string text = "id,name,phone,email,dial_code,company_name\r\n";
  for (unsigned n = 0; n < rows_read; ++n)
    text += fmt::format(
        "1b9d6bcd-bbfd-4b2d-9b5d-{:012x},\"Lovelace, \"\"Ada\"\" {:03}\",{:08},ada.{:03}@example.com,+852,Engines & "
        "Zürich\r\n",
        n, n % 1000, n, n % 1000);
  return text;
}

std::string ndjson() {
  std::string text;
  for (unsigned n = 0; n < rows_read; ++n)
    text += fmt::format(
        R"({{"id":"1b9d6bcd-bbfd-4b2d-9b5d-{:012x}","name":"Ada \"{:03}\" Z\u00fcrich","phone":{:08},"email":null}})"
        "\n",
        n, n % 1000, n + 10'000'000);
  return text;
}

// What the reader does while two workers take what it hands on.
SteadyState read(const std::string& name, const std::string& text, MappingConfig mapping = MappingConfig()) {
  const ::test::TempDir dir;
  ::test::write_file(dir.file(name), text);
  InputConfig input;
  input.file = dir.file(name);
  const auto source = open_source(input);
  Mapper mapper(mapping, source->format(), source->header());
  BatchPool pool(8);
  BoundedQueue<RowRef> first(4, [] {});
  BoundedQueue<RowRef> second(4, [] {});
  OutcomeQueue outcomes;
  RunControl control([] {});
  Metrics metrics;
  ReaderRules rules;
  rules.on_rejected = OnRejected::stop;
  Reader reader(*source, mapper, pool, {&first, &second}, outcomes, control, metrics, rules);
  std::thread thread([&] { reader.run(); });
  SteadyState steady(10'000, 50'000);
  std::uint64_t taken = 0;
  while (!first.drained() || !second.drained()) {
    for (auto* queue : {&first, &second})
      if (const auto batch = queue->try_pop()) steady.rows_done(taken += batch->batch()->size());
    std::this_thread::yield();
  }
  thread.join();
  CHECK(control.text() == "");
  CHECK(taken == rows_read);
  return steady;
}

}  // namespace

TEST_CASE("allocations: a row of a CSV is read, mapped and handed on without one") {
  const SteadyState steady = read("customers.csv", csv());
  CHECK(steady.complete());
  CHECK(steady.per_row() < none_per_row);
}

TEST_CASE("allocations: --trim, --strip-formula, --null-text and --split-phone need none") {
  MappingConfig mapping;
  mapping.trim = mapping.strip_formula = true;
  mapping.null_texts = {"NULL"};
  mapping.split_phone = true;
  const SteadyState steady = read("customers.csv", csv(), mapping);
  CHECK(steady.complete());
  CHECK(steady.per_row() < none_per_row);
}

TEST_CASE("allocations: a line of NDJSON is read, mapped and handed on without one") {
  const SteadyState steady = read("customers.ndjson", ndjson());
  CHECK(steady.complete());
  CHECK(steady.per_row() < none_per_row);
}
