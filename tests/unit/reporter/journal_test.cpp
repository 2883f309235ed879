#include "amend/run/journal.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace amend {
namespace {

// A log as the sink writes it: `lines` records, after every tenth of them a group commit.
class Log {
 public:
  explicit Log(std::uint64_t lines) {
    std::optional<std::uint64_t> synced;
    for (std::uint64_t row = 1; row <= lines; ++row) {
      begins.push_back(text.size());
      text += "{\"row\":" + std::to_string(row) + ",\"line\":" + std::to_string(row + 1) +
              R"(,"id":"\"status\":\"x\"",)" + (row % 3 == 0 ? R"("status":"failed")" : R"("status":"success")") +
              R"(,"attempts":1)";
      seal_.close_line(text, begins.back(), content_hash(std::to_string(row)), synced);
      synced.reset();
      if (row % 10 == 0) synced = durable = text.size();
    }
  }
  std::uint64_t line_at(std::uint64_t offset) const {
    return static_cast<std::uint64_t>(std::ranges::upper_bound(begins, offset) - begins.begin());
  }

  std::string text;
  std::vector<std::uint64_t> begins;  // of each line
  std::uint64_t durable = 0;          // N of the last line that has it
  JournalSeal seal_;
};

class Read {
 public:
  explicit Read(std::string_view text, std::size_t piece = 1000) {
    JournalReader reader;
    JournalRecord record;
    while (!text.empty()) {
      std::string_view input = text.substr(0, piece);
      text.remove_prefix(input.size());
      while (reader.parse(input, record) == JournalReader::Stop::record) records.push_back(record);
    }
    whole = reader.whole_bytes();
    damaged_at = reader.damaged_at();
  }

  std::vector<JournalRecord> records;
  std::uint64_t whole = 0;
  std::optional<std::uint64_t> damaged_at;
};

TEST_CASE("journal: what was written is read back, however the bytes come") {
  const Log log(35);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, log.text.size()}) {
    const Read read(log.text, piece);
    REQUIRE(read.records.size() == 35);
    CHECK(read.whole == log.text.size());
    CHECK_FALSE(read.damaged_at);
    for (std::uint64_t row = 1; row <= 35; ++row) {
      const auto& record = read.records[row - 1];
      CHECK(record.row == row);
      CHECK(record.status == (row % 3 == 0 ? Status::failed : Status::success));
      CHECK(record.hash == content_hash(std::to_string(row)));
      CHECK(record.offset == log.begins[row - 1]);
    }
  }
  CHECK(Read("").whole == 0);
}

TEST_CASE("journal: a log that was cut anywhere is whole up to its last whole line") {
  const Log log(25);
  for (std::size_t size = 0; size < log.text.size(); ++size) {
    const Read read(std::string_view(log.text).substr(0, size));
    const std::uint64_t lines = static_cast<std::uint64_t>(std::ranges::count(log.text.substr(0, size), '\n'));
    CHECK(read.records.size() == lines);
    CHECK(read.whole == log.begins[lines]);
    CHECK_FALSE(read.damaged_at);
  }
}

TEST_CASE("journal: a byte that changed in what was durable is found, and where; behind that it is a torn write") {
  const Log log(45);
  // By row 41 the rows 1 to 40 are durable. When row 40 is damaged, its sum does not confirm row 41.
  const std::uint64_t durable = log.begins[39];
  for (std::size_t at = 0; at < log.text.size(); at += 3) {
    std::string text = log.text;
    text[at] = static_cast<char>(text[at] ^ 4);
    const Read read(text);
    const std::uint64_t line = log.line_at(at);
    CAPTURE(at);
    CHECK(read.whole == log.begins[line - 1]);
    if (at < durable) {
      REQUIRE(read.damaged_at);
      CHECK(*read.damaged_at == log.begins[line - 1]);
    } else if (at >= log.begins[40]) {
      CHECK_FALSE(read.damaged_at);
    }
  }
}

TEST_CASE("journal: any bit that changed in what was durable is found, in the checksums too") {
  const Log log(25);
  // By row 21 the rows 1 to 20 are durable. When row 20 is damaged, its sum does not confirm row 21.
  for (std::size_t at = 0; at < log.begins[19]; ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string text = log.text;
      text[at] = static_cast<char>(text[at] ^ (1 << bit));
      const Read read(text);
      CAPTURE(at);
      CAPTURE(bit);
      CHECK(read.damaged_at.has_value());
    }
  }
}

TEST_CASE("journal: garbage, NULs and a huge line at the end are cut off") {
  const Log log(12);
  for (const std::string& tail : {std::string(5000, '\0'), std::string("{\"row\":13,"), std::string("\n\n\n"),
                                  std::string(100'000, 'x') + "\n", log.text.substr(log.begins[3], 50)}) {
    const Read read(log.text + tail);
    CHECK(read.records.size() == 12);
    CHECK(read.whole == log.text.size());
    CHECK_FALSE(read.damaged_at);
  }
}

TEST_CASE("journal: of writes that were not yet durable a later one may be there without the earlier one") {
  const Log log(45);
  std::string text = log.text;
  std::fill(text.begin() + static_cast<std::ptrdiff_t>(log.begins[41]),
            text.begin() + static_cast<std::ptrdiff_t>(log.begins[43]), '\0');
  const Read read(text);
  CHECK(read.records.size() == 41);
  CHECK_FALSE(read.damaged_at);
}

TEST_CASE("journal: a line that was lost, doubled or moved is noticed") {
  const Log log(30);
  const auto line = [&](std::size_t n) { return log.text.substr(log.begins[n], log.begins[n + 1] - log.begins[n]); };
  const std::string before = log.text.substr(0, log.begins[5]);
  const std::string behind = log.text.substr(log.begins[8]);
  for (const std::string& middle :
       {line(5) + line(7), line(5) + line(6) + line(6) + line(7), line(6) + line(5) + line(7)}) {
    const Read read(before + middle + behind);
    REQUIRE(read.damaged_at);
    CHECK(*read.damaged_at <= log.begins[8]);
  }
}

TEST_CASE("journal: a log is gone on with behind its last whole line") {
  const Log log(10);
  JournalReader reader;
  JournalRecord record;
  std::string_view input = log.text;
  while (reader.parse(input, record) == JournalReader::Stop::record) {
  }
  std::string text = log.text;
  JournalSeal seal(reader.last_sum());
  const std::size_t begin = text.size();
  text += R"({"row":11,"line":12,"id":"","status":"rejected")";
  seal.close_line(text, begin, 7, begin);
  const Read read(text);
  REQUIRE(read.records.size() == 11);
  CHECK(read.records.back().status == Status::rejected);
  CHECK(read.records.back().hash == 7);
}

}  // namespace
}  // namespace amend
