#include "queue/batch_pool.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

using amend::Batch;
using amend::BatchPool;
using amend::RowRef;
using amend::Slice;
using amend::Update;

namespace {

Slice append(Batch& batch, std::string_view text) {
  const auto begin = batch.arena().size();
  batch.arena() += text;
  return batch.slice_from(begin);
}

void add_row(Batch& batch, const std::string& name) {
  Update update;
  update.id = append(batch, "id-" + name);
  update.raw = append(batch, "raw-" + name);
  update.body = append(batch, "body-" + name);
  update.guard = append(batch, "guard-" + name);
  update.key = 42;
  update.sends_token = true;
  batch.push_back(update);
}

}  // namespace

TEST_CASE("batch_pool: hands out as many batches as it may, empty, and uses them again") {
  BatchPool pool(2);
  Batch* const a = pool.try_acquire();
  Batch* const b = pool.try_acquire();
  REQUIRE(a != nullptr);
  REQUIRE(b != nullptr);
  CHECK(a != b);
  CHECK(pool.try_acquire() == nullptr);
  CHECK(pool.outstanding() == 2);
  add_row(*a, "1");
  { const RowRef row(*a, 0); }
  CHECK(pool.outstanding() == 1);
  CHECK(pool.acquire() == a);
  CHECK(a->size() == 0);
  CHECK(a->bytes() == 0);
  pool.reclaim(a);
  pool.reclaim(b);
  CHECK(pool.outstanding() == 0);
}

TEST_CASE("batch_pool: one huge row does not stay in memory") {
  BatchPool pool(1, amend::batch_bytes_max, 1024);
  Batch* const batch = pool.acquire();
  batch->arena().append(100'000, 'x');
  pool.reclaim(batch);
  CHECK(batch->arena().capacity() <= 1024);
}

TEST_CASE("batch_pool: huge rows are few at a time: no further batch while those on their way hold too many bytes") {
  BatchPool pool(100, 1000);
  const auto now = std::chrono::steady_clock::time_point(std::chrono::seconds(1));
  const auto fill = [&](Batch& batch, std::size_t bytes) {
    batch.arena().append(bytes, 'x');
    batch.push_back(Update());
    pool.seal(batch, now);
    return RowRef(batch, 0);
  };
  RowRef small = fill(*pool.acquire(), 999);
  CHECK(pool.bytes_outstanding() == 999);
  Batch* const next = pool.try_acquire();
  REQUIRE(next != nullptr);
  RowRef huge = fill(*next, 5000);  // one row may go beyond
  CHECK(pool.try_acquire() == nullptr);
  std::thread waiting([&] {
    Batch* const batch = pool.acquire();
    REQUIRE(batch != nullptr);
    pool.reclaim(batch);
  });
  huge = RowRef();
  waiting.join();
  CHECK(pool.bytes_outstanding() == 999);
  small = RowRef();
  CHECK(pool.bytes_outstanding() == 0);
  CHECK(pool.outstanding() == 0);
}

TEST_CASE("batch_pool: acquire waits for the last row of a batch, on whatever thread it goes") {
  BatchPool pool(1);
  for (int i = 0; i < 500; ++i) {
    Batch* const batch = pool.acquire();
    REQUIRE(batch != nullptr);
    REQUIRE(batch->size() == 0);
    add_row(*batch, "1");
    add_row(*batch, "2");
    RowRef first(*batch, 0);
    RowRef second(*batch, 1);
    std::thread one([row = std::move(first)] {});
    std::thread other([row = std::move(second)] {});
    Batch* const again = pool.acquire();
    CHECK(again == batch);
    one.join();
    other.join();
    pool.reclaim(again);
  }
}

TEST_CASE("batch_pool: closing lets a blocked reader go; batches still come back") {
  BatchPool pool(1);
  Batch* const batch = pool.acquire();
  Batch* waited_for = batch;
  std::thread reader([&] { waited_for = pool.acquire(); });
  pool.close();
  reader.join();
  CHECK(waited_for == nullptr);
  pool.reclaim(batch);
  CHECK(pool.outstanding() == 0);
  CHECK(pool.try_acquire() == nullptr);
}

TEST_CASE("batch_pool: a detached row keeps its bytes and gives its batch back to the reader") {
  BatchPool pool(1);
  Batch* const batch = pool.acquire();
  add_row(*batch, "1");
  add_row(*batch, "2");
  std::optional<RowRef> row(std::in_place, *batch, 1U);
  RowRef copy = amend::detach(*row);
  row.reset();
  CHECK(pool.outstanding() == 0);
  CHECK(copy.id() == "id-2");
  CHECK(copy.raw() == "raw-2");
  CHECK(copy.body() == "body-2");
  CHECK(copy.guard() == "guard-2");
  CHECK(copy->key == 42);
  CHECK(copy->sends_token);
  const RowRef again = amend::detach(copy);
  copy = RowRef();
  CHECK(again.id() == "id-2");
}

TEST_CASE("batch_pool: a reader that waits for several batches gets the only one that comes") {
  BatchPool pool(32);
  std::vector<Batch*> all;
  for (int n = 0; n < 32; ++n) all.push_back(pool.acquire());
  Batch* got = nullptr;
  std::thread reader([&] { got = pool.acquire(); });
  pool.reclaim(all.back());
  reader.join();
  CHECK(got == all.back());
  for (Batch* batch : all) pool.reclaim(batch);
  CHECK(pool.outstanding() == 0);
}
