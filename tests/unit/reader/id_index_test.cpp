// The customers that occur twice in a file, and the rows that --duplicates skips, compared with a std::map.
#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <random>
#include <string>

#include "amend/reader/id_index.hpp"

using namespace amend;

namespace {

using Key = std::uint64_t;

std::string uuid_of(Key n) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "00000000-0000-4000-8000-000000000000";
  for (std::size_t i = text.size(); n != 0; n /= 16) {
    --i;
    if (text[i] == '-') --i;
    text[i] = digits[n % 16];
  }
  return text;
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::vector<std::uint64_t> rows_in(const RowSet& set, std::uint64_t last) {
  std::vector<std::uint64_t> rows;
  for (std::uint64_t row = 0; row <= last; ++row)
    if (set.contains(row)) rows.push_back(row);
  return rows;
}

using Rows = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("id_index: what each kind of --duplicates keeps back") {
  IdIndex ids;
  const std::vector<Key> file{1, 2, 1, 3, 2, 1, 4};
  for (std::size_t i = 0; i < file.size(); ++i) CHECK(ids.add(uuid_of(file[i]), i + 1));
  CHECK(rows_in(ids.hidden(Duplicates::order), 9).empty());
  CHECK(rows_in(ids.hidden(Duplicates::last), 9) == Rows{1, 2, 3});
  CHECK(rows_in(ids.hidden(Duplicates::first), 9) == Rows{3, 5, 6});
  CHECK(rows_in(ids.hidden(Duplicates::reject), 9) == Rows{1, 2, 3, 5, 6});
  const DuplicateCount count = ids.count();
  CHECK(count.ids == 2);
  CHECK(count.rows == 5);
  CHECK(count.exact);
  CHECK(count.rows_seen == 7);
  CHECK(count.first == std::vector{DuplicateRows(1, 3, 3), DuplicateRows(2, 5, 2)});
}

TEST_CASE("id_index: an empty file and one without duplicates") {
  IdIndex ids;
  CHECK(ids.count().ids == 0);
  CHECK(ids.hidden(Duplicates::reject).size() == 0);
  for (Key n = 0; n < 10'000; ++n) ids.add(uuid_of(n), n + 1);
  CHECK(ids.count().ids == 0);
  CHECK(ids.count().exact);
  CHECK(ids.hidden(Duplicates::reject).size() == 0);
}

TEST_CASE("id_index: ids compare without regard to the case of letters, and each digit counts") {
  IdIndex ids;
  const std::string id = "abcdef01-2345-4678-9abc-def0fedcba98";
  ids.add(id, 1);
  ids.add(upper(id), 2);
  CHECK(ids.count().ids == 1);
  std::uint64_t row = 2;
  for (std::size_t i = 0; i < id.size(); ++i) {
    if (id[i] == '-') continue;
    std::string other = id;
    other[i] = id[i] == '7' ? '6' : '7';
    ids.add(other, ++row);
  }
  CHECK(row == 34);
  CHECK(ids.count().ids == 1);
  CHECK(ids.count().rows == 2);
}

TEST_CASE("id_index: every letter and digit in each case is told from the others") {
  constexpr std::string_view digits = "0123456789abcdef";
  IdIndex ids;
  std::uint64_t row = 0;
  for (const char digit : digits) {
    const std::string id = std::string(8, digit) + "-0000-4000-8000-000000000000";
    ids.add(id, ++row);
    if (std::isalpha(static_cast<unsigned char>(digit)) != 0) ids.add(upper(id), ++row);
  }
  CHECK(ids.count().ids == 6);
  CHECK(ids.count().rows == 12);
}

TEST_CASE("id_index: the three customers named are those that begin first") {
  IdIndex ids;
  for (std::uint64_t row = 1; row <= 1'000; ++row) ids.add(uuid_of(row <= 500 ? row : 1'001 - row), row);
  const DuplicateCount count = ids.count();
  CHECK(count.ids == 500);
  CHECK(count.first == std::vector{DuplicateRows(1, 1'000, 2), DuplicateRows(2, 999, 2), DuplicateRows(3, 998, 2)});
}

TEST_CASE("id_index: random files say what a map says") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (int file = 0; file < 20; ++file) {
    const std::uint64_t rows = 1 + random() % 20'000;
    const std::uint64_t customers = 1 + random() % (2 * rows);
    CAPTURE(rows);
    CAPTURE(customers);
    IdIndex ids;
    std::map<Key, Rows> expected;
    for (std::uint64_t row = 1; row <= rows; ++row) {
      const Key customer = random() % customers;
      expected[customer].push_back(row);
      ids.add(random() % 2 == 0 ? uuid_of(customer) : upper(uuid_of(customer)), row);
    }
    std::erase_if(expected, [](const auto& entry) { return entry.second.size() < 2; });
    std::map<Duplicates, Rows> hidden;
    std::uint64_t rows_involved = 0;
    for (const auto& [customer, all] : expected) {
      rows_involved += all.size();
      hidden[Duplicates::last].insert(hidden[Duplicates::last].end(), all.begin(), all.end() - 1);
      hidden[Duplicates::first].insert(hidden[Duplicates::first].end(), all.begin() + 1, all.end());
      hidden[Duplicates::reject].insert(hidden[Duplicates::reject].end(), all.begin(), all.end());
    }
    CHECK(ids.count().ids == expected.size());
    CHECK(ids.count().rows == rows_involved);
    for (const Duplicates kind : {Duplicates::last, Duplicates::first, Duplicates::reject}) {
      std::ranges::sort(hidden[kind]);
      CHECK(rows_in(ids.hidden(kind), rows) == hidden[kind]);
      CHECK(ids.hidden(kind).size() == hidden[kind].size());
    }
  }
}

TEST_CASE("id_index: one customer in every row of a large file") {
  IdIndex ids;
  for (std::uint64_t row = 1; row <= 100'000; ++row) ids.add(uuid_of(7), row);
  CHECK(ids.count().ids == 1);
  CHECK(ids.count().rows == 100'000);
  CHECK(ids.hidden(Duplicates::last).size() == 99'999);
  CHECK_FALSE(ids.hidden(Duplicates::last).contains(100'000));
}

TEST_CASE("id_index: at most 16 bytes a row, but for what it holds from the start") {
  IdIndex ids;
  for (std::uint64_t row = 1; row <= 1'000'000; ++row) {
    ids.add(uuid_of(row * 7'919), row);
    if (row % 250'000 == 0) CHECK(ids.bytes() <= row * 16 + 1'400'000);
  }
}

TEST_CASE("id_index: when memory is used up the count is a lower bound and says so") {
  constexpr std::size_t bytes_max = 2 << 20;
  IdIndex ids(bytes_max);
  std::uint64_t kept = 0;
  for (std::uint64_t row = 1; row <= 200'000; ++row) kept += ids.add(uuid_of(row % 1'000), row) ? 1 : 0;
  CHECK(kept > 50'000);
  CHECK(kept < 200'000);
  CHECK(ids.bytes() <= bytes_max);
  const DuplicateCount count = ids.count();
  CHECK_FALSE(count.exact);
  CHECK(count.rows_seen == kept);
  CHECK(count.rows == kept);
  CHECK(count.ids == 1'000);
}

TEST_CASE("id_index: rows beyond 4,294,967,295 are not kept, and the count says so") {
  IdIndex ids;
  CHECK(ids.add(uuid_of(1), IdIndex::row_max));
  CHECK(ids.count().exact);
  CHECK_FALSE(ids.add(uuid_of(1), IdIndex::row_max + 1));
  CHECK_FALSE(ids.count().exact);
  CHECK(ids.count().ids == 0);
}

TEST_CASE("id_index: reference numbers are one only when every character is the same") {
  std::vector<std::string> numbers;
  const std::string text = "R-000000000000000000000000000000000000";
  for (std::size_t size = 1; size <= text.size(); ++size) numbers.push_back(text.substr(0, size));  // 8, 16, 24 too
  numbers.insert(numbers.end(), {"r-0", "R-1", "R 0", " R-0", "R-0 ", "-", "0", "00", "C-1", "c-1"});
  numbers.emplace_back("abcdef01-2345-4678-9abc-def0fedcba98");
  numbers.emplace_back("ABCDEF01-2345-4678-9ABC-DEF0FEDCBA98");
  for (const std::size_t size : {255, 256, 264, 512, 1020}) numbers.emplace_back(size, 'x');
  IdIndex once(IdIndex::default_bytes_max, CustomerKey::reference);
  std::uint64_t row = 0;
  for (const std::string& number : numbers) CHECK(once.add(number, ++row));
  CHECK(once.count().ids == 0);
  CHECK(once.hidden(Duplicates::reject).size() == 0);
  const std::uint64_t all = row;
  for (const std::string& number : numbers) once.add(number, ++row);
  CHECK(once.count().ids == all);
  CHECK(once.count().rows == 2 * all);
  CHECK(once.count().first[0] == DuplicateRows(1, all + 1, 2));
}

TEST_CASE(
    "id_index: two reference numbers that differ in one place are two, wherever it is and however long they are") {
  for (const std::size_t size : {1, 2, 7, 8, 9, 15, 16, 17, 35, 36, 37, 64}) {
    const std::string number(size, 'A');
    IdIndex ids(IdIndex::default_bytes_max, CustomerKey::reference);
    ids.add(number, 1);
    for (std::size_t i = 0; i < size; ++i) {
      std::string other = number;
      other[i] = 'a';
      ids.add(other, i + 2);
    }
    CAPTURE(size);
    CHECK(ids.count().ids == 0);
    ids.add(number, size + 2);
    CHECK(rows_in(ids.hidden(Duplicates::first), size + 2) == Rows{size + 2});
    CHECK(rows_in(ids.hidden(Duplicates::last), size + 2) == Rows{1});
  }
}

TEST_CASE("id_index: a reference number does not depend on what stands behind it in memory") {
  IdIndex ids(IdIndex::default_bytes_max, CustomerKey::reference);
  const std::string line = "R-7,Ada,12345678,R-7,Grace,87654321 and so on";
  ids.add(std::string_view(line).substr(0, 3), 1);
  ids.add(std::string_view(line).substr(17, 3), 2);
  ids.add(std::string("R-7"), 3);
  CHECK(ids.count().ids == 1);
  CHECK(ids.count().rows == 3);
}
