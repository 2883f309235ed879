// Which encoding a file is in, and what becomes of one that is not in the encoding it is read as: text of many
// languages, in the encodings that people write it in.
#include <doctest/doctest.h>
#include <iconv.h>

#include <string>
#include <vector>

#include "amend/reader/encoding_check.hpp"
#include "reader/encoding/encoding_guard.hpp"
#include "reader/encoding/encoding_guess.hpp"
#include "unit/reader/pieces.hpp"

using namespace amend;
using namespace amend::test;

namespace {

struct Text {
  const char* language;
  const char* encoding;
  std::vector<std::string> names;
};

const std::vector<Text> texts{{"Chinese (simplified)", "gbk", {"欧阳静", "司马光", "孙丽华", "郑国强"}},
                              {"Chinese, one name", "gbk", {"赵敏"}},
                              {"Chinese (traditional)", "big5", {"鄭麗君", "謝宗翰", "許淑芬"}},
                              {"Japanese", "shift_jis", {"渡辺直美", "小林さやか", "中村ケンタ"}},
                              {"Japanese", "euc-jp", {"渡辺なおみ", "小林さやか", "中村ケンタ"}},
                              {"Korean", "euc-kr", {"박지훈", "최은영", "정다은"}},
                              {"French", "windows-1252", {"Gaëlle Béranger", "Léa Prévôt", "Loïc Garçon"}},
                              {"French", "cp850", {"Gaëlle Béranger", "Léa Prévôt", "Loïc Garçon"}},
                              {"French", "macintosh", {"Gaëlle Béranger", "Léa Prévôt", "Loïc Garçon"}},
                              {"French and Finnish", "iso-8859-15", {"Cœur Ögren", "Šarlota Käki", "Žanna Müller"}},
                              {"German", "windows-1252", {"Jürgen Weiß", "Bärbel Höfer"}},
                              {"Italian, an accent for an apostrophe",
                               "windows-1252",
                               {"Niccolò D´Angelo", "Zoë Müller", "José Peña", "René D´ORO"}},
                              {"Spanish", "windows-1252", {"Íñigo Peña", "Sofía Cárdenas"}},
                              {"Danish", "windows-1252", {"Søren Ågård", "Mette Kjær"}},
                              {"Polish", "windows-1250", {"Bożena Świątek", "Łucja Żak", "Wacław Dąbek"}},
                              {"Czech", "windows-1250", {"Šárka Říhová", "Ondřej Kučera", "Tomáš Dvořáček"}},
                              {"Turkish", "windows-1254", {"Gülşah Yıldız", "Çağrı Işık"}},
                              {"Russian", "windows-1251", {"Татьяна Орлова", "Дмитрий Соколов"}},
                              {"Russian", "koi8-r", {"Татьяна Орлова", "Дмитрий Соколов"}},
                              {"Russian", "iso-8859-5", {"Татьяна Орлова", "Дмитрий Соколов"}},
                              {"Russian", "cp866", {"Татьяна Орлова", "Дмитрий Соколов"}},
                              {"Greek", "windows-1253", {"Ελένη Δημητρίου", "Κώστας Αλεξίου"}},
                              {"Hebrew", "windows-1255", {"רחל מזרחי", "יוסף ביטון"}},
                              {"Thai", "tis-620", {"วิชัย สุขใจ", "มาลี ทองดี"}}};

std::string converted(std::string text, const char* from, const char* to) {
  const iconv_t handle = ::iconv_open(to, from);
  REQUIRE(handle != reinterpret_cast<iconv_t>(-1));
  std::string out(text.size() * 4 + 16, '\0');
  char* in_at = text.data();
  char* out_at = out.data();
  std::size_t left = text.size();
  std::size_t room = out.size();
  REQUIRE(::iconv(handle, &in_at, &left, &out_at, &room) != static_cast<std::size_t>(-1));
  ::iconv(handle, nullptr, nullptr, &out_at, &room);
  ::iconv_close(handle);
  out.resize(out.size() - room);
  return out;
}

std::string file_of(const Text& text) {
  std::string out = "id,name\r\n1,Ann\r\n";
  for (const std::string& name : text.names) out += "7," + name + "\r\n";
  return out;
}

std::unique_ptr<Source> open(const std::string& bytes, const std::string& encoding = {}) {
  InputConfig input = config("x.csv");
  input.encoding = encoding;
  return make_source(std::make_unique<Pieces>(cut(bytes, 11)), input);
}

std::optional<EncodingTrouble> trouble_of(const std::string& bytes, const std::string& encoding = {}) {
  const auto source = open(bytes, encoding);
  EncodingCheck check(*source);
  Record record;
  while (source->next(record)) check.take(record);
  return check.trouble();
}

}  // namespace

TEST_CASE("encoding: a file that is not UTF-8 is trouble, and its encoding is named, for text of many languages") {
  for (const Text& text : texts) {
    CAPTURE(text.language);
    CAPTURE(text.encoding);
    const auto trouble = trouble_of(converted(file_of(text), "UTF-8", text.encoding));
    REQUIRE(trouble);
    CHECK(trouble->kind == EncodingTrouble::Kind::not_utf8);
    CHECK(trouble->likely == text.encoding);
    CHECK(trouble->rows <= text.names.size());
    REQUIRE_FALSE(trouble->first.empty());
    CHECK(trouble->first[0].row == 2);
    CHECK(trouble->first[0].line == 3);
    CHECK(describe(*trouble).find(text.encoding) != std::string::npos);
    CHECK(remedy(*trouble).find("--encoding " + std::string(text.encoding)) != std::string::npos);
  }
}

TEST_CASE("encoding: the encoding named gives the letters that are meant, and is no trouble") {
  for (const Text& text : texts) {
    CAPTURE(text.language);
    CAPTURE(text.encoding);
    const std::string bytes = converted(file_of(text), "UTF-8", text.encoding);
    CHECK_FALSE(trouble_of(bytes, text.encoding));
    const auto source = open(bytes, text.encoding);
    Record record;
    REQUIRE(source->next(record));
    for (const std::string& name : text.names) {
      REQUIRE(source->next(record));
      CHECK(record.field(1) == name);
    }
  }
}

TEST_CASE("encoding: UTF-8 is no trouble, with a mark or without; read as another encoding it is") {
  for (const Text& text : texts) {
    CAPTURE(text.language);
    CHECK_FALSE(trouble_of(file_of(text)));
    CHECK_FALSE(trouble_of("\xEF\xBB\xBF" + file_of(text)));
    for (const char* encoding : {"windows-1252", "gbk", "big5", "shift_jis", "latin1", text.encoding}) {
      CAPTURE(encoding);
      const auto trouble = trouble_of(file_of(text), encoding);
      REQUIRE(trouble);
      CHECK(trouble->kind == EncodingTrouble::Kind::utf8_after_all);
      CHECK(describe(*trouble).find("UTF-8") != std::string::npos);
    }
  }
}

TEST_CASE("encoding: a header in another encoding names it, too") {
  const auto refusal = [](const std::string& bytes, const std::string& encoding) {
    try {
      open(bytes, encoding);
    } catch (const EncodingError& error) {
      return error.likely() + "|" + error.what();
    }
    return std::string();
  };
  const std::string text = "id,姓名,电话\r\n1,孙丽华,5\r\n";
  CHECK(refusal(converted(text, "UTF-8", "gbk"), "").starts_with("gbk|x.csv, line 1: the header is not UTF-8"));
  CHECK(refusal(converted(text, "UTF-8", "gbk"), "gbk").empty());
  CHECK(refusal(text, "gbk").find("the header is UTF-8, not gbk") != std::string::npos);
  const std::string wide = "电话,id,name\r\n5,1,孙丽华\r\n";
  for (const char* encoding : {"utf-16le", "utf-16be", "utf-32le", "utf-32be"}) {
    CAPTURE(encoding);
    const std::string bytes = converted(wide, "UTF-8", encoding);
    CHECK(refusal(bytes, "").starts_with(std::string(encoding) + "|x.csv, line 1: the header is not UTF-8"));
    CHECK(refusal(bytes, encoding).empty());
  }
  CHECK(refusal(text, "utf-16le").starts_with("|x.csv, line 1: the header cannot be read as UTF-16LE"));
  CHECK(refusal("\xEF\xBB\xBF" + text, "gbk").find("show that its encoding is UTF-8") != std::string::npos);
  CHECK_THROWS_WITH_AS(open(std::string("id,na\0me\r\n", 10), ""), doctest::Contains("byte 6 of the row is NUL"),
                       ConfigError);
}

TEST_CASE("encoding: another encoding is named beside the likely one only where it would give other letters") {
  const auto names_for = [](const std::string& text, const char* encoding) {
    EncodingGuess guess;
    guess.take(converted(text, "UTF-8", encoding));
    return guess.names();
  };
  CHECK(names_for("Jürgen Weiß, Sofía", "windows-1252").find("iso-8859-15") == std::string::npos);
  CHECK(names_for("Cœur", "iso-8859-15").starts_with("iso-8859-15"));
  CHECK(names_for("Ondřej Dvořák", "windows-1250") == "windows-1252 or windows-1250");
}

TEST_CASE("encoding: the majority decides: rows that happen to be UTF-8, or are damaged otherwise, change nothing") {
  Text text = texts.front();
  std::string bytes = converted(file_of(text), "UTF-8", "gbk");
  for (int i = 0; i < 2; ++i) bytes += "8,Jos\xC3\xA9\r\n";
  bytes += "9,Jos\xE9\r\n";
  const auto trouble = trouble_of(bytes);
  REQUIRE(trouble);
  CHECK(trouble->likely == "gbk");
}

TEST_CASE("encoding: without a check, rows beyond ASCII are rejected from the first damaged row on") {
  for (const Text& text : texts) {
    CAPTURE(text.encoding);
    const std::string damaged = converted("7," + text.names[0] + "\r\n", "UTF-8", text.encoding);
    const auto source = open("id,name\r\n1,Zo\xC3\xAB\r\n2,Ann\r\n" + damaged + "4,Zo\xC3\xAB\r\n5,Ann\r\n");
    EncodingGuard guard(*source);
    Record record;
    std::string faults;
    int shown = 0;
    while (source->next(record)) {
      shown += guard.judge(record) ? 1 : 0;
      if (!record.fault()) guard.count_sent(record);
      faults += record.fault() ? record.fault()->code + " " : "- ";
    }
    CHECK(faults == "- - input.utf8 input.encoding - ");
    CHECK(shown == 1);
    CHECK(guard.sent_before() == 1);
  }
}

TEST_CASE("encoding: a damaged row condemns no other where the file says that it is UTF-8") {
  const std::string text = "id,name\r\n1,Jos\xE9\r\n2,Zo\xC3\xAB\r\n";
  for (const auto& source : {open("\xEF\xBB\xBF" + text), open(text, "utf-8")}) {
    EncodingGuard guard(*source);
    Record record;
    REQUIRE(source->next(record));
    CHECK_FALSE(guard.judge(record));
    REQUIRE(source->next(record));
    guard.judge(record);
    CHECK_FALSE(record.fault());
  }
}

TEST_CASE("encoding: without a check, UTF-8 that is read as another encoding is rejected") {
  const auto source = open("id,name\r\n1,Ann\r\n2,王明\r\n", "gbk");
  EncodingGuard guard(*source);
  Record record;
  REQUIRE(source->next(record));
  guard.judge(record);
  CHECK_FALSE(record.fault());
  REQUIRE(source->next(record));
  CHECK(guard.judge(record));
  REQUIRE(record.fault());
  CHECK(record.fault()->code == "input.encoding");
}
