#include "amend/row/selection.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "amend/error.hpp"

using namespace amend;

namespace {

Selection selection_of(std::initializer_list<std::uint64_t> to_send, std::initializer_list<std::uint64_t> superseded) {
  Selection selection;
  for (const auto row : to_send) selection.to_send.insert(row);
  for (const auto row : superseded) selection.superseded.insert(row);
  return selection;
}

}  // namespace

TEST_CASE("selection: neighbouring rows are one line, and what was written is read back") {
  const std::string text = to_text(selection_of({1, 2, 3, 64, 65, 900}, {5, 63}));
  CHECK(text.starts_with("send 1-3\nsend 64-65\nsend 900\nsuperseded 5\nsuperseded 63\nend "));
  const Selection read = parse_selection(text, "selection.txt");
  CHECK(to_text(read) == text);
  CHECK(read.size() == 8);
  CHECK(read.contains(63));
  CHECK_FALSE(read.contains(4));
  CHECK(parse_selection(to_text(Selection()), "selection.txt").size() == 0);
}

TEST_CASE("selection: a row set that fills its last word to the end is read back") {
  Selection all;
  for (std::uint64_t row = 1; row < 256; ++row) all.to_send.insert(row);
  CHECK(to_text(all).starts_with("send 1-255\nend "));
}

TEST_CASE("selection: a text that was changed, cut or added to at any place is refused") {
  const std::string text = to_text(selection_of({1, 2, 3, 64}, {5}));
  for (std::size_t i = 0; i < text.size(); ++i) {
    CAPTURE(i);
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CHECK_THROWS_WITH_AS(
        parse_selection(changed, "runs/a/selection.txt"),
        doctest::Contains("runs/a/selection.txt: this file is damaged, or amend did not write it. amend "
                          "cannot know which rows to retry. Restore the file"),
        InputError);
    CHECK_THROWS_AS(parse_selection(text.substr(0, i), "selection.txt"), InputError);
  }
  CHECK_THROWS_AS(parse_selection(text + "x", "selection.txt"), InputError);
}

TEST_CASE("selection: any is read back as it was") {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 200; ++round) {
    Selection selection;
    for (std::uint64_t row = 1; row < random() % 300; ++row) {
      const auto end = random() % 4;
      if (end == 0) selection.to_send.insert(row);
      if (end == 1) selection.superseded.insert(row);
    }
    const Selection read = parse_selection(to_text(selection), "selection.txt");
    for (std::uint64_t row = 0; row < 400; ++row) {
      REQUIRE(read.to_send.contains(row) == selection.to_send.contains(row));
      REQUIRE(read.superseded.contains(row) == selection.superseded.contains(row));
    }
  }
}

TEST_CASE("row selection: each row of a run has one answer, by what is known of it before it is looked at") {
  using Choice = RowSelection::Choice;
  RowSet recorded;
  recorded.insert(1);
  RowSet hidden;
  hidden.insert(1);
  hidden.insert(2);
  const RowSelection all;
  CHECK(all.of(1) == Choice::send);
  const RowSelection last(&recorded, nullptr, &hidden, Duplicates::last);
  CHECK(last.of(1) == Choice::skip);  // it has its record
  CHECK(last.of(2) == Choice::superseded);
  CHECK(last.of(3) == Choice::send);
  CHECK(RowSelection(nullptr, nullptr, &hidden, Duplicates::first).of(2) == Choice::superseded);
  CHECK(RowSelection(nullptr, nullptr, &hidden, Duplicates::reject).of(2) == Choice::duplicate);

  const Selection retried = selection_of({1, 4, 5}, {6});
  const RowSelection retry(&recorded, &retried, nullptr, Duplicates::order);
  CHECK(retry.of(1) == Choice::skip);
  CHECK(retry.of(3) == Choice::skip);  // no part of the retry
  CHECK(retry.of(4) == Choice::send);
  CHECK(retry.of(6) == Choice::superseded);
}
