#include "amend/reader/source.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "amend/error.hpp"

using namespace amend;

namespace {

// Hands out the pieces it was given, one a read; `ready` as long as there is one.
class Pieces final : public ByteInput {
 public:
  explicit Pieces(std::vector<std::string> pieces, bool ends = true) : pieces_(std::move(pieces)), ends_(ends) {}

  std::size_t read(std::span<char> buffer) override {
    if (next_ == pieces_.size()) {
      REQUIRE_MESSAGE(ends_, "the source waits for more than the row needs");
      return 0;
    }
    const std::string& piece = pieces_[next_++];
    REQUIRE(piece.size() <= buffer.size());
    std::memcpy(buffer.data(), piece.data(), piece.size());
    return piece.size();
  }
  bool ready() override { return next_ < pieces_.size() || ends_; }

 private:
  std::vector<std::string> pieces_;
  std::size_t next_ = 0;
  bool ends_;
};

class TemporaryFile {
 public:
  TemporaryFile(const std::string& name, const std::string& text) {
    std::string pattern = (std::filesystem::temp_directory_path() / "amend-test-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    folder = pattern;
    path = folder + "/" + name;
    write(text);
  }
  ~TemporaryFile() { std::filesystem::remove_all(folder); }
  void write(const std::string& text) const { std::ofstream(path, std::ios::binary) << text; }

  std::string folder;
  std::string path;
};

InputConfig config(const std::string& file) {
  InputConfig out;
  out.file = file;
  return out;
}

std::unique_ptr<Source> source(const std::string& text, const InputConfig& c) {
  return make_source(std::make_unique<Pieces>(std::vector<std::string>{text}), c);
}

std::string rows(Source& s) {
  std::string out;
  Record record;
  while (s.next(record)) {
    out += std::to_string(record.position().row) + ":";
    if (record.fault()) out += record.fault()->code;
    for (std::size_t i = 0; i < record.size(); ++i) out += "<" + std::string(record.field(i)) + ">";
    out += "\n";
  }
  return out;
}

template <typename F>
void check_refused(F f, ExitCode exit_code, const std::string& part) {
  try {
    f();
    FAIL("not refused");
  } catch (const ConfigError& e) {
    CHECK(e.exit_code() == exit_code);
    CHECK_MESSAGE(std::string(e.what()).find(part) != std::string::npos, e.what());
  }
}

}  // namespace

TEST_CASE("source: a CSV gives its header and its rows; ragged rows are rejected one by one") {
  auto s = source(" Full Name ,\"a,b\"\nx,y\nonly one\n1,2,3\n\n\"p\",q", config("x.csv"));
  CHECK(s->format() == Format::csv);
  CHECK(s->header() == std::vector<std::string>{"Full Name", "a,b"});
  CHECK(s->header_text() == "Full Name,\"a,b\"");
  CHECK(rows(*s) == "1:<x><y>\n2:input.csv.columns\n3:input.csv.columns\n4:<p><q>\n");
}

TEST_CASE("source: a ragged row says how many cells it has and keeps its text") {
  auto s = source("a,b\nonly one\n", config("x.csv"));
  Record record;
  REQUIRE(s->next(record));
  CHECK(record.fault()->text == "the row has 1 cells, the header has 2");
  CHECK(record.raw() == "only one");
  CHECK(record.position() == Position(1, 2, 4));
}

TEST_CASE("source: the format is told by the name, else by the first byte") {
  CHECK(source("{a}\n", config("x.csv"))->format() == Format::csv);
  CHECK(source("a\n", config("x.NDJSON"))->format() == Format::ndjson);
  CHECK(source("a\n", config("x.jsonl"))->format() == Format::ndjson);
  CHECK(source(" \n {\"a\":1}\n", config("-"))->format() == Format::ndjson);
  CHECK(source("id\n{\n", config("-"))->format() == Format::csv);
  InputConfig forced = config("x.ndjson");
  forced.format = Format::csv;
  CHECK(source("a\n", forced)->format() == Format::csv);
}

TEST_CASE("source: a .tsv is separated by TABs unless a delimiter was chosen") {
  auto tabs = source("a\tb\n1\t2\n", config("x.tsv"));
  CHECK(tabs->delimiter() == '\t');
  CHECK(tabs->header_text() == "a,b");
  CHECK(rows(*tabs) == "1:<1><2>\n");
  InputConfig chosen = config("x.tsv");
  chosen.delimiter = ';';
  CHECK(rows(*source("a;b\n1;2\n", chosen)) == "1:<1><2>\n");
}

TEST_CASE("source: a sep= line before the header sets the delimiter and counts as a line") {
  for (const std::string end : {"\n", "\r\n"}) {
    auto s = source("\xEF\xBB\xBFsep=;" + end + "a;b" + end + "1;2" + end, config("x.csv"));
    CHECK(s->delimiter() == ';');
    Record record;
    REQUIRE(s->next(record));
    CHECK(record.position() == Position(1, 3, 3 + 5 + 3 + 2 * end.size()));
  }
  CHECK(source("sep=x,b\n", config("x.csv"))->header().size() == 2);
}

TEST_CASE("source: a UTF-8 BOM is dropped and counts in the byte offset") {
  auto s = source(
      "\xEF\xBB\xBF"
      "a,b\n1,2\n",
      config("x.csv"));
  CHECK(s->header()[0] == "a");
  Record record;
  REQUIRE(s->next(record));
  CHECK(record.position() == Position(1, 2, 7));
  CHECK(rows(*source("\xEF\xBB\xBF{\"a\":\"b\"}", config("-"))) == "1:<b>\n");
}

TEST_CASE("source: UTF-16 is refused and told how to export") {
  const std::string le(
      "\xFF\xFE"
      "a\0",
      4);
  check_refused([&] { source(le, config("x.csv")); }, ExitCode::input, "UTF-16");
  check_refused([] { source("\xFE\xFF", config("-")); }, ExitCode::input, "stdin");
}

TEST_CASE("source: an empty input and a header alone are fine and have no rows") {
  for (const char* text : {"", "\xEF\xBB\xBF", "\n\n", "a,b", "a,b\n"}) {
    for (const char* name : {"x.csv", "-"}) CHECK(rows(*source(text, config(name))) == "");
  }
  CHECK(source("", config("x.csv"))->header().empty());
  CHECK(rows(*source("", config("x.ndjson"))) == "");
}

TEST_CASE("source: what is wrong with a header is named") {
  const auto open = [](const char* text) { return [text] { source(text, config("x.csv")); }; };
  check_refused(open("a,,b\n"), ExitCode::usage, "column 2");
  check_refused(open("a,b, a\n"), ExitCode::usage, "\"a\" occurs twice");
  check_refused(open("\n\na,\"b\n"), ExitCode::usage, "x.csv, line 3: the header cannot be read");
  CHECK(source("a,amend_error,amend_error\n", config("x.csv"))->header().size() == 3);
}

TEST_CASE("source: the limit counts rows, rejected ones too") {
  InputConfig two = config("x.csv");
  two.limit = 2;
  CHECK(rows(*source("a,b\n1\n3,4\n5,6\n", two)) == "1:input.csv.columns\n2:<3><4>\n");
}

TEST_CASE("source: a row is handed out as soon as its line is complete") {
  for (const char* name : {"x.csv", "-"}) {
    auto s = make_source(std::make_unique<Pieces>(std::vector<std::string>{"a,b\n", "1,2\n"}, false), config(name));
    Record record;
    CHECK(s->next(record));
  }
  auto s = make_source(std::make_unique<Pieces>(std::vector<std::string>{"{\"a\"", ":1}\n"}, false), config("-"));
  Record record;
  CHECK(s->next(record));
}

TEST_CASE("source: ready() tells whether a whole row is at hand, and loses nothing") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const auto send = [&](const std::string& text) {
    REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  };
  send("a,b\n1,");
  auto s = open_source(config("/proc/self/fd/" + std::to_string(ends[0])));
  CHECK_FALSE(s->ready());
  CHECK_FALSE(s->wait(std::chrono::milliseconds(1)));
  send("2\n3,4");
  CHECK(s->wait(std::chrono::seconds(10)));
  CHECK(s->ready());
  Record record;
  REQUIRE(s->next(record));
  CHECK(record.raw() == "1,2");
  CHECK_FALSE(s->ready());
  send("\n\n");
  REQUIRE(s->next(record));
  CHECK(record.raw() == "3,4");
  CHECK_FALSE(s->ready());
  send("5,6");
  CHECK_FALSE(s->ready());
  ::close(ends[1]);
  CHECK(s->ready());
  REQUIRE(s->next(record));
  CHECK(record.raw() == "5,6");
  CHECK(s->ready());
  CHECK_FALSE(s->next(record));
  CHECK(s->bytes_total() == 0);
  ::close(ends[0]);
}

TEST_CASE("source: a file larger than the buffer is read as it is") {
  std::string text = "id,name\n";
  for (int i = 0; i < 30'000; ++i) text += std::to_string(i) + ",\"name, of \"\"" + std::to_string(i) + "\"\"\"\n";
  TemporaryFile file("big.csv", text);
  auto s = open_source(config(file.path));
  CHECK(s->bytes_total() == text.size());
  Record record;
  std::uint64_t n = 0;
  while (s->next(record)) {
    REQUIRE(record.field(0) == std::to_string(n));
    REQUIRE(text.compare(record.position().byte, record.raw().size(), record.raw()) == 0);
    ++n;
    REQUIRE(record.position().row == n);
  }
  CHECK(n == 30'000);
}

TEST_CASE("source: a file that changes while it is read is noticed") {
  const std::string text = "id,name\n" + std::string("1,a\n");
  TemporaryFile file("x.csv", text);
  auto s = open_source(config(file.path));
  Record record;
  REQUIRE(s->next(record));
  SUBCASE("appended to") { file.write(text + "2,b\n"); }
  SUBCASE("truncated") { file.write("id,name\n"); }
  SUBCASE("replaced") {
    std::filesystem::rename(file.path, file.path + ".old");
    file.write(text);
  }
  SUBCASE("removed") { std::filesystem::remove(file.path); }
  SUBCASE("touched") {
    const struct timespec times[2] = {{1, 0}, {1, 0}};
    REQUIRE(::utimensat(AT_FDCWD, file.path.c_str(), times, 0) == 0);
  }
  CHECK_THROWS_AS((rows(*s)), InputError);
}

TEST_CASE("source: what cannot be opened is named") {
  check_refused([] { open_source(config("/nonexistent/x.csv")); }, ExitCode::input, "/nonexistent/x.csv");
  check_refused([] { open_source(config("/")); }, ExitCode::input, "directory");
}

TEST_CASE("source: a read error is never taken for the end") {
  class Broken final : public ByteInput {
   public:
    std::size_t read(std::span<char> buffer) override {
      if (done_) throw InputError("x.csv: cannot be read: Input/output error");
      done_ = true;
      const std::string_view text = "a,b\n1,2\n3,";
      std::ranges::copy(text, buffer.begin());
      return text.size();
    }
    bool ready() override { return true; }

   private:
    bool done_ = false;
  };
  auto s = make_source(std::make_unique<Broken>(), config("x.csv"));
  Record record;
  CHECK(s->next(record));
  CHECK_THROWS_AS(s->next(record), InputError);
}
