#include "amend/row/row_set.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

using amend::RowSet;

TEST_CASE("row set: a row is in it once") {
  RowSet set;
  CHECK(set.size() == 0);
  CHECK_FALSE(set.contains(1));
  CHECK(set.insert(1));
  CHECK_FALSE(set.insert(1));
  CHECK(set.contains(1));
  CHECK(set.size() == 1);
}

TEST_CASE("row set: neighbours across words and far beyond the end are told apart") {
  RowSet set;
  for (const std::uint64_t row : {63U, 65U, 128U, 1'000'000U}) CHECK(set.insert(row));
  for (const std::uint64_t row : {62U, 64U, 66U, 127U, 129U, 999'999U, 1'000'001U, 5'000'000U})
    CHECK_FALSE(set.contains(row));
  CHECK(set.size() == 4);
}

TEST_CASE("row set: agrees with std::set") {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  RowSet set;
  std::set<std::uint64_t> reference;
  for (int i = 0; i < 5'000; ++i) {
    const std::uint64_t row = 1 + random() % 3'000;
    CHECK(set.insert(row) == reference.insert(row).second);
  }
  CHECK(set.size() == reference.size());
  for (std::uint64_t row = 1; row <= 3'000; ++row) CHECK(set.contains(row) == reference.contains(row));
}
