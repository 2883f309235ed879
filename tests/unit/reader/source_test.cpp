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
#include "unit/reader/pieces.hpp"

using namespace amend;
using namespace amend::test;

namespace {

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

  /// In place, with its size kept and its time set back, as a careless tool does.
  void overwrite(const std::string& text) const {
    const auto time = std::filesystem::last_write_time(path);
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    REQUIRE(::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    ::close(descriptor);
    std::filesystem::last_write_time(path, time);
  }

  /// The clock of a file system moves in steps of some milliseconds.
  void let_clock_advance() const {
    struct stat before {};
    struct stat now {};
    REQUIRE(::stat(path.c_str(), &before) == 0);
    do {
      std::ofstream(folder + "/tick") << "";
      REQUIRE(::stat((folder + "/tick").c_str(), &now) == 0);
    } while (now.st_ctim.tv_sec == before.st_ctim.tv_sec && now.st_ctim.tv_nsec == before.st_ctim.tv_nsec);
  }

  std::string folder;
  std::string path;
};

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

TEST_CASE("source: a quoted value with what looks like a row of the file is damage, and both lines are named") {
  const std::string id = "0b6f6ca8-7d1c-4e0e-9f55-0123456789ab";
  const auto is_damage = [](const std::string& text, unsigned line) {
    CAPTURE(text);
    auto s = source("name,id,phone,notes\n" + text, config("x.csv"));
    Record record;
    REQUIRE(s->next(record));
    REQUIRE(record.fault());
    CHECK(record.fault()->code == "input.csv.swallowed_row");
    CHECK(record.fault()->text.find("begins in line 2 ") != std::string::npos);
    CHECK(record.fault()->text.find("in line " + std::to_string(line) + ":") != std::string::npos);
  };
  is_damage("Ann," + id + ",5,\"x\n" + id + " y\"\n", 3);           // an id at the start of a line
  is_damage("Ann," + id + ",5,\"x\r\n\r\nBob, " + id + "\"\n", 4);  // in the id's place
  is_damage("\"Ann\nBob,x,5,y\rCid,x\"," + id + ",5,z\n", 3);       // as many separators as a row has
  is_damage("\"A\nB\"," + id + ",5,\"x\nBob,1,2,3\"\n", 4);         // behind a value with a line break of its own

  auto fine = source("name,id,phone,notes\n\"Ann\n12, High Street, Leeds\"," + id + ",5,\"a,b\nc\"\n", config("x.csv"));
  Record record;
  REQUIRE(fine->next(record));
  CHECK_FALSE(record.fault());
  CHECK(record.field(0) == "Ann\n12, High Street, Leeds");
  auto two = source("id,name\n" + id + ",\"Ann\nHigh Street, Leeds\"\n", config("x.csv"));
  REQUIRE(two->next(record));
  CHECK_FALSE(record.fault());
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

TEST_CASE("source: the separator is recognised in the header line, outside quotes") {
  const auto recognised = [](const std::string& text, const std::string& name = "x.csv") {
    return source(text, config(name))->delimiter();
  };
  CHECK(recognised("id,name,phone\n1;2;3;4;5\n") == ',');
  CHECK(recognised("id;name;phone\n1,2,3,4,5\n") == ';');
  CHECK(recognised("id\tname\tphone\n") == '\t');
  CHECK(recognised("id|name|phone") == '|');
  CHECK(recognised("\"a,b,c,d\";name;\"x\ny,,\"\n") == ';');
  CHECK(recognised("\"a;\"\"b;;\",name\n") == ',');
  CHECK(recognised("id\n") == ',');
  CHECK(recognised("") == ',');
  CHECK(recognised("a,b;c\n") == ',');  // as many of each: the usual one
  CHECK(recognised("a;b;c\n", "x.tsv") == ';');
  CHECK(recognised("a;b;c\td\n", "x.tsv") == '\t');
  InputConfig chosen = config("x.csv");
  chosen.delimiter = ',';
  CHECK(source("sep=;\na;b,c;d\n", chosen)->header() == std::vector<std::string>{"a;b", "c;d"});
}

TEST_CASE("source: a header that is longer than all that is looked at is read with what was seen of it") {
  const std::string wide = std::string(70'000, 'x') + ";y\n";
  InputConfig c = config("x.csv");
  CHECK(source("a;" + wide, c)->delimiter() == ';');
}

TEST_CASE("source: nothing behind the header line is waited for") {
  for (const std::string end : {"\n", "\r\n"}) {
    const auto input = [&] {
      return std::make_unique<Pieces>(std::vector<std::string>{"i", "d;na", "me" + end}, false);
    };
    CHECK(make_source(input(), config("-"))->delimiter() == ';');
  }
}

TEST_CASE("source: a sep= line before the header sets the delimiter and counts as a line") {
  CHECK(source("SEP=|\na|b\n", config("x.csv"))->delimiter() == '|');
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

TEST_CASE("source: a file whose content changes while it is read is noticed") {
  const std::string text = "id,name\n" + std::string("1,a\n");
  TemporaryFile file("x.csv", text);
  auto s = open_source(config(file.path));
  Record record;
  REQUIRE(s->next(record));
  file.let_clock_advance();
  SUBCASE("appended to") { file.write(text + "2,b\n"); }
  SUBCASE("truncated") { file.write("id,name\n"); }
  SUBCASE("replaced by another") {
    std::filesystem::rename(file.path, file.path + ".old");
    file.write("id,name\n1,b\n");
  }
  SUBCASE("removed") { std::filesystem::remove(file.path); }
  SUBCASE("overwritten in place, with the same size, and its time set back") { file.overwrite("id,name\n1,b\n"); }
  CHECK_THROWS_AS((rows(*s)), InputError);
}

TEST_CASE("source: a file that only looks changed is read to its end") {
  const std::string text = "id,name\n" + std::string("1,a\n") + "2,b\n";
  TemporaryFile file("x.csv", text);
  auto s = open_source(config(file.path));
  Record record;
  REQUIRE(s->next(record));
  file.let_clock_advance();
  SUBCASE("touched") {
    const struct timespec times[2] = {{1, 0}, {1, 0}};
    REQUIRE(::utimensat(AT_FDCWD, file.path.c_str(), times, 0) == 0);
  }
  SUBCASE("its mode changed") { std::filesystem::permissions(file.path, std::filesystem::perms::owner_read); }
  SUBCASE("overwritten by itself") { file.overwrite(text); }
  SUBCASE("replaced by a copy of itself") {
    std::filesystem::copy_file(file.path, file.path + ".copy");
    std::filesystem::rename(file.path + ".copy", file.path);
  }
  SUBCASE("linked") { std::filesystem::create_hard_link(file.path, file.path + ".link"); }
  CHECK(rows(*s) == "2:<2><b>\n");
  CHECK(s->content_read() == read_content(file.path, text.size()));
}

TEST_CASE("source: a long file that is overwritten by itself in the middle of its reading is read to its end") {
  std::string text = "id,name\n";
  for (int i = 0; i < 60'000; ++i) text += std::to_string(100'000 + i) + ",name\n";
  TemporaryFile file("x.csv", text);
  auto s = open_source(config(file.path));
  Record record;
  REQUIRE(s->next(record));
  file.let_clock_advance();
  file.overwrite(text);
  int rows_behind = 0;
  while (s->next(record)) ++rows_behind;
  CHECK(rows_behind == 59'999);
}

TEST_CASE("source: no row of a second version follows one of the first, wherever the file was being read") {
  // Longer than the buffer, so that its end is read after the change.
  const auto version = [](char c) {
    std::string text = "id,name\n";
    for (int i = 0; i < 60'000; ++i) text += std::to_string(100'000 + i) + ",name " + c + "\n";
    return text;
  };
  for (const int read_before : {1, 20'000, 40'000}) {
    CAPTURE(read_before);
    TemporaryFile file("x.csv", version('a'));
    auto s = open_source(config(file.path));
    Record record;
    for (int i = 0; i < read_before; ++i) REQUIRE(s->next(record));
    file.let_clock_advance();
    file.overwrite(version('b'));
    const auto rest = [&] {
      while (s->next(record)) REQUIRE(record.field(1) == "name a");
    };
    CHECK_THROWS_WITH_AS(rest(), doctest::Contains("changed while it was read"), InputError);
  }
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

namespace {

std::string read_with(const std::string& text, const InputConfig& c) {
  const std::string whole = rows(*source(text, c));
  for (const std::size_t piece : {1, 3, 7})
    CHECK(rows(*make_source(std::make_unique<Pieces>(cut(text, piece)), c)) == whole);
  return whole;
}

const std::string mark = "\xEF\xBB\xBF";

}  // namespace

TEST_CASE("source: a file that amend wrote is read as it was written, whatever the options of its run say") {
  const std::string text =
      mark + "id,a;b;c;d,amend_line,amend_error_code,amend_error,amend_raw\r\n1,x\xC3\xA9,7,c,e,\r\n";
  for (const char delimiter : {'\0', ';', '\t', '|'})
    for (const char* encoding : {"", "windows-1252", "gbk", "utf-16le"}) {
      InputConfig c = config("rejected.csv");
      if (delimiter != '\0') c.delimiter = delimiter;
      c.encoding = encoding;
      CAPTURE(encoding);
      CHECK(read_with(text, c) == "1:<1><x\xC3\xA9><7><c><e><>\n");
      CHECK(source(text, c)->encoding_basis() == EncodingBasis::marked);
    }
}

TEST_CASE("source: a file that somebody saved with other separators since is not taken for one that amend wrote") {
  InputConfig c = config("rejected.csv");
  CHECK(read_with(mark + "id;name;amend_line\r\n1;a,b;7\r\n", c) == "1:<1><a,b><7>\n");
  c.encoding = "windows-1252";
  CHECK(read_with("id;name;amend_line\r\n1;Zo\xEB;7\r\n", c) == "1:<1><Zo\xC3\xAB><7>\n");
  CHECK_THROWS_AS(source(mark + "id,name\r\n1,a\r\n", c), ConfigError);
}

TEST_CASE("source: rows that amend has made longer and wider than the limits are read") {
  InputConfig c = config("x.csv");
  c.row_bytes_max = 200;
  c.columns_max = 3;
  const std::string value(150, 'x');
  const std::string wide = "id,name,note,amend_line,amend_error_code,amend_error,amend_raw\r\n1,a," + value + ",2,c," +
                           std::string(100, 'e') + ",\r\n";
  Record record;
  const auto own = source(wide, c);
  REQUIRE(own->next(record));
  CHECK_FALSE(record.fault());
  CHECK_THROWS_AS(source("id,name,note,other\r\n1,2,3,4\r\n", c), ConfigError);

  c.file = "x.ndjson";
  c.row_bytes_max = 60;
  const auto fault = [&](const std::string& line) {
    const auto s = source(line + "\n", c);
    REQUIRE(s->next(record));
    return record.fault() ? record.fault()->code : std::string();
  };
  const std::string added = R"("amend_line":2,"amend_error_code":"c","amend_error":")" + std::string(90, 'e') + "\"}";
  CHECK(fault("{\"id\":\"1\",\"n\":\"x\"," + added).empty());
  CHECK(fault("{\"id\":\"1\",\"n\":\"" + std::string(90, 'e') + "\"}") == "input.row.too_large");
  CHECK(fault(R"({"a":1,"b":2,"c":3,)" + added).empty());
  CHECK(fault(R"({"a":1,"b":2,"c":3,"d":4})") == "input.row.columns");
}

TEST_CASE("source: files put together: the header of each is skipped, with a mark or without, and rows keep counting") {
  const std::string failed = mark + "id,name,amend_line,amend_error_code,amend_error\r\n1,a,2,c,e\r\n";
  const std::string rejected = mark + "id,name,amend_line,amend_error_code,amend_error,amend_raw\r\n2,b,3,c,e,\r\n";
  CHECK(read_with(failed + rejected, config("x.csv")) == "1:<1><a><2><c><e>\n2:<2><b><3><c><e><>\n");
  CHECK(read_with(rejected + failed + rejected, config("x.csv")) ==
        "1:<2><b><3><c><e><>\n2:<1><a><2><c><e>\n3:<2><b><3><c><e><>\n");
  CHECK(read_with("id,name\n1,a\nid,name\n2,b\n" + mark + "id,name", config("x.csv")) == "1:<1><a>\n2:<2><b>\n");
  Record record;
  const auto ragged = source(failed + "id,name,amend_line\n9,z,4\n8,y\n", config("x.csv"));
  REQUIRE(ragged->next(record));
  REQUIRE(ragged->next(record));
  CHECK_FALSE(record.fault());
  REQUIRE(ragged->next(record));
  REQUIRE(record.fault());
  CHECK(record.fault()->code == "input.csv.columns");
}

TEST_CASE("source: a row that only resembles the header is a row") {
  CHECK(read_with("id,name\n1,id\nid,nam\nname,id\n", config("x.csv")) == "1:<1><id>\n2:<id><nam>\n3:<name><id>\n");
}
