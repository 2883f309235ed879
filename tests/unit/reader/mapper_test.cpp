#include "reader/mapping/mapper.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "reader/csv/csv_parser.hpp"
#include "reader/json/ndjson.hpp"

using namespace amend;

namespace {

const std::string row_id = "0B6f6cA8-7d1c-4e0e-9f55-0123456789ab";

// One mapper, one batch, rows as text.
class Bench {
 public:
  Bench(const std::string& header, const MappingConfig& config)
      : names_(cells(header)), mapper(config, Format::csv, names_) {}
  explicit Bench(const MappingConfig& config) : mapper(config, Format::ndjson, {}) {}

  static std::vector<std::string> cells(const std::string& text) {
    const Record record = csv(text);
    std::vector<std::string> out;
    for (std::size_t i = 0; i < record.size(); ++i) out.emplace_back(record.field(i));
    return out;
  }
  static Record csv(const std::string& text) {
    CsvParser parser(',', 10'000, 100, Position(7, 8, 9));
    Record record;
    std::string_view input = text;
    parser.parse(input, record);
    parser.finish(record);
    return record;
  }
  static Record json(const std::string& text) {
    Record record;
    record.raw() = text;
    NdjsonParser(100).parse(record);
    return record;
  }

  // The body, or the code of the rejection.
  std::string map(const Record& record) {
    reason = mapper.map(record, batch);
    REQUIRE(batch.text(last().raw) == record.raw());
    CHECK(last().position == record.position());
    if (!reason) return std::string(batch.text(last().body));
    CHECK(last().body.size == 0);
    CHECK(find_own_code(reason->code) != nullptr);
    CHECK(reason->origin == Origin::input);
    return reason->code;
  }
  std::string row(const std::string& text) { return map(csv(text)); }
  std::string line(const std::string& text) { return map(json(text)); }
  const Update& last() const { return batch[batch.size() - 1]; }

 private:
  std::vector<std::string> names_;

 public:
  Mapper mapper;
  Batch batch;
  std::optional<Reason> reason;
};

template <typename... Args>
std::string refused(const Args&... args) {
  try {
    Bench bench(args...);
  } catch (const ConfigError& e) {
    CHECK(e.exit_code() == ExitCode::usage);
    return e.what();
  }
  return "accepted";
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

MappingConfig blanks(std::vector<std::pair<std::string, Blank>> list) {
  MappingConfig config;
  config.blanks = std::move(list);
  return config;
}

}  // namespace

TEST_CASE("mapper: the body has the fields in the schema's order, characters unchanged") {
  Bench bench("phone,id,NAME,Dial Code,company-name,email", MappingConfig());
  CHECK(bench.row("0012," + row_id + ",\" A \"\"B\"\" \\ é \",+852,Co,a@b.c") ==
        R"({"name":" A \"B\" \\ é ","phone":"0012","email":"a@b.c","dial_code":"+852","company_name":"Co"})");
  CHECK(bench.batch.text(bench.last().id) == row_id);
  CHECK(bench.last().key == wonder::customer_key(row_id));
  CHECK_FALSE(bench.last().sends_token);
  CHECK(bench.last().position == Position(7, 8, 9));
}

TEST_CASE("mapper: white space around values is dropped with --trim, and never without") {
  MappingConfig config;
  config.trim = true;
  const std::string quoted =
      "\"\xC2\xA0" + row_id + "\xE3\x80\x80\",\" Ann\t\",\" 5\r\n\",\"\xEF\xBB\xBF\xE2\x80\x8B\n\"";
  Bench trimming("id,name,phone,email", config);
  CHECK(trimming.row(quoted) == R"({"name":"Ann","phone":"5"})");
  CHECK(trimming.batch.text(trimming.last().id) == row_id);
  CHECK(trimming.mapper.key_of(Bench::csv(quoted)) == wonder::customer_key(row_id));
  CHECK(trimming.row(row_id + ",A n n,\xC3\xA0 5,") == "{\"name\":\"A n n\",\"phone\":\"\xC3\xA0 5\"}");
  Bench plain("id,name,phone,email", MappingConfig());
  CHECK(plain.row(" " + row_id + ",Ann,5,") == "input.id.not_uuid");
  CHECK(plain.row(row_id + ", Ann ,5,") == R"({"name":" Ann ","phone":"5"})");
  Bench lines(config);
  CHECK(lines.line("{\"id\":\" " + row_id + "\",\"name\":\" Ann \",\"phone\":\"\\u00a05\"}") ==
        R"({"name":"Ann","phone":"5"})");
}

TEST_CASE("mapper: with --trim a value of only white space is blank in NDJSON too: it never clears a card") {
  MappingConfig config;
  config.trim = true;
  Bench bench(config);
  const std::string start = "{\"id\":\"" + row_id + "\",\"phone\":\"5\",";
  CHECK(bench.line(start + R"("name":"A","default_payment_token":" \u3000"})") == R"({"name":"A","phone":"5"})");
  CHECK_FALSE(bench.last().sends_token);
  CHECK(bench.line(start + R"("name":"\u00a0"})") == "input.name.missing");
  CHECK(bench.line(start + R"("name":"A","default_payment_token":""})") ==
        R"({"name":"A","phone":"5","default_payment_token":""})");
}

TEST_CASE("mapper: line breaks and tabs of a name are sent as they are, escaped as JSON has them") {
  Bench bench("id,name,phone,company_name", MappingConfig());
  CHECK(bench.row(row_id + ",\"Ann\r\nLee\t\"\"A\"\"\",5,\"long enough\nfor two steps of a scan\"") ==
        R"({"name":"Ann\r\nLee\t\"A\"","phone":"5","company_name":"long enough\nfor two steps of a scan"})");
  Bench lines{MappingConfig()};
  CHECK(lines.line("{\"id\":\"" + row_id + "\",\"name\":\"a\\nb\",\"phone\":\"5\"}") ==
        R"({"name":"a\nb","phone":"5"})");
}

TEST_CASE("mapper: a value that is a --null-text is blank, and only one that is exactly so") {
  MappingConfig config;
  config.null_texts = {"NULL", "\\N"};
  Bench bench("id,name,phone,email", config);
  CHECK(bench.row(row_id + ",Ann,5,NULL") == R"({"name":"Ann","phone":"5"})");
  CHECK(bench.row(row_id + ",Ann,5,\\N") == R"({"name":"Ann","phone":"5"})");
  CHECK(bench.row(row_id + ",Ann,5,null") == R"({"name":"Ann","phone":"5","email":"null"})");
  CHECK(bench.row(row_id + ",NULL,5,") == "input.name.missing");
  CHECK(bench.row("NULL,Ann,5,") == "input.id.missing");
  Bench lines(config);
  CHECK(lines.line("{\"id\":\"" + row_id + "\",\"name\":\"Ann\",\"phone\":\"5\",\"email\":\"NULL\"}") ==
        R"({"name":"Ann","phone":"5"})");
  config.blanks = {{"email", Blank::empty}};
  Bench emptying("id,name,phone,email", config);
  CHECK(emptying.row(row_id + ",Ann,5,NULL") == R"({"name":"Ann","phone":"5","email":""})");
}

TEST_CASE("mapper: --strip-formula takes values, ids too, out of the guard of a spreadsheet") {
  MappingConfig config;
  config.strip_formula = true;
  Bench bench("id,name,phone,email", config);
  CHECK(bench.row("'" + row_id + ",'Abd,'+4930,\"=\"\"\"\"\"") == R"({"name":"'Abd","phone":"+4930"})");
  CHECK(bench.batch.text(bench.last().id) == row_id);
  CHECK(bench.row("\"=\"\"" + row_id + "\"\"\",=Ann,5,") == R"({"name":"=Ann","phone":"5"})");
  config.trim = true;
  Bench both("id,name,phone,email", config);
  CHECK(both.row(row_id + ",Ann,\" =\"\" 0049\"\" \",") == R"({"name":"Ann","phone":"0049"})");
  Bench plain("id,name,phone,email", MappingConfig());
  CHECK(plain.row("'" + row_id + ",Ann,5,") == "input.id.not_uuid");
  CHECK(holds(plain.reason->text, "--strip-formula"));
  CHECK(plain.row(row_id + ",Ann,'+4930,") == R"({"name":"Ann","phone":"'+4930"})");
}

TEST_CASE(
    "mapper: an id with a character that cannot be seen is rejected, and the text names it instead of showing it") {
  Bench bench("id,name,phone", MappingConfig());
  for (const char* row : {"\u200B", "\uFEFF", "\u202A"}) {
    CHECK(bench.row(row + row_id + ",Ann,5") == "input.id.not_uuid");
    CHECK(holds(bench.reason->text, "U+"));
    CHECK_FALSE(holds(bench.reason->text, row));
    CHECK(holds(bench.reason->text, "--trim"));
  }
}

TEST_CASE("mapper: with --split-phone two numbers in a cell are refused, never made into one") {
  MappingConfig config;
  config.split_phone = true;
  Bench bench("id,name,phone", config);
  for (const char* phone : {"+49 151 1234567 ::: +49 30 1234567", "+491511234567; +49301234567"})
    CHECK(bench.row(row_id + ",Ann," + phone) == "input.phone.country_code");
  CHECK(bench.row(row_id + ",Ann,\"+49301234567, ext. 12\"") ==
        R"({"name":"Ann","phone":"301234567, ext. 12","dial_code":"+49"})");
}

TEST_CASE("mapper: with --split-phone a phone that begins with + gives its country code to dial_code") {
  MappingConfig config;
  config.split_phone = true;
  Bench bench("id,name,phone,dial_code", config);
  CHECK(bench.row(row_id + ",A,+852 1234 5678,") == R"({"name":"A","phone":"1234 5678","dial_code":"+852"})");
  CHECK(bench.row(row_id + ",A,+852 1234 5678,852") == R"({"name":"A","phone":"1234 5678","dial_code":"+852"})");
  CHECK(bench.row(row_id + ",A,1234 5678,+852") == R"({"name":"A","phone":"1234 5678","dial_code":"+852"})");
  CHECK(bench.row(row_id + ",A,0085212345678,") == R"({"name":"A","phone":"0085212345678"})");
  CHECK(bench.row(row_id + ",A,+852 1234 5678,+86") == "input.phone.country_code");
  CHECK(bench.reason->column == 3);
  CHECK(bench.reason->text == "phone has the country code +852, dial_code has a different one");
  CHECK(bench.row(row_id + ",A,+999 1234,") == "input.phone.country_code");
  CHECK(bench.row(row_id + ",A,+852,") == "input.phone.country_code");
  Bench alone("id,name,phone", config);
  CHECK(alone.row(row_id + ",A,+1 (212) 555-0100") == R"({"name":"A","phone":"(212) 555-0100","dial_code":"+1"})");
  CHECK(alone.row(row_id + ",A,5") == R"({"name":"A","phone":"5"})");
  Bench lines(config);
  CHECK(lines.line("{\"id\":\"" + row_id + "\",\"name\":\"A\",\"phone\":\"+85212\"}") ==
        R"({"name":"A","phone":"12","dial_code":"+852"})");
  CHECK(lines.line("{\"id\":\"" + row_id + "\",\"name\":\"A\",\"phone\":\"+85212\",\"dial_code\":[86]}") ==
        "input.dial_code.type");
  CHECK(lines.line("{\"id\":\"" + row_id + "\",\"name\":\"A\",\"phone\":85212}") == R"({"name":"A","phone":"85212"})");
  Bench plain("id,name,phone,dial_code", MappingConfig());
  CHECK(plain.row(row_id + ",A,+852 1234 5678,") == R"({"name":"A","phone":"+852 1234 5678"})");
}

TEST_CASE("mapper: a rejection tells the column, and its name when that is not the field's") {
  MappingConfig config;
  config.columns = {{"phone", "Mobile No."}};
  config.guard_column = "Ref";
  Bench bench("Ref,id,name,Mobile No.", config);
  CHECK(bench.row("r," + row_id + ",A,") == "input.phone.missing");
  CHECK(bench.reason->column == 4);
  CHECK(bench.reason->text == "phone (Mobile No.) is required, but it is blank or absent");
  CHECK(bench.row("r," + row_id + "," + std::string(300, 'x') + ",5") == "input.name.too_long");
  CHECK(bench.reason->column == 3);
  CHECK(bench.row("r," + row_id + ",A," + std::string(300, '5')) == "input.phone.too_long");
  CHECK(holds(bench.reason->text, "phone (Mobile No.) has 300 characters"));
  CHECK(bench.row("r,x,A,5") == "input.id.not_uuid");
  CHECK(bench.reason->column == 2);
  CHECK(bench.row("," + row_id + ",A,5") == "input.guard.missing");
  CHECK(bench.reason->column == 1);
  Bench lines{MappingConfig()};
  CHECK(lines.line("{\"id\":\"" + row_id + "\",\"name\":\"A\"}") == "input.phone.missing");
  CHECK(lines.reason->column == 0);
}

TEST_CASE("mapper: what a blank does is described where it is not merely left out") {
  Bench bench("id,name,phone,default_payment_token",
              blanks({{"name", Blank::empty}, {"phone", Blank::null}, {"default_payment_token", Blank::empty}}));
  const auto& lines = bench.mapper.describe();
  CHECK(std::ranges::find(lines, "name <- name (blank: \"\", which leaves it unchanged)") != lines.end());
  CHECK(std::ranges::find(lines, "phone <- phone (blank: null, which the API does not document)") != lines.end());
  CHECK(std::ranges::find(lines, "default_payment_token <- default_payment_token (blank: \"\", which clears it)") !=
        lines.end());
}

TEST_CASE("mapper: blank cells are left out, sent as \"\" or as null, as --blank says") {
  const std::string header = "id,name,phone,email,dial_code,company_name";
  Bench plain(header, MappingConfig());
  CHECK(plain.row(row_id + ",n,p,,  ,") == R"({"name":"n","phone":"p"})");
  Bench chosen(header, blanks({{"email", Blank::empty}, {"dial_code", Blank::null}}));
  CHECK(chosen.row(row_id + ",n,p,,,") == R"({"name":"n","phone":"p","email":"","dial_code":null})");
  CHECK(plain.row(row_id + ",,p,e,,") == "input.name.missing");
  CHECK(plain.row(row_id + ",n,  ,e,,") == "input.phone.missing");
  Bench empty(header, blanks({{"name", Blank::empty}}));
  CHECK(empty.row(row_id + ",,p,,,") == R"({"name":"","phone":"p"})");
}

TEST_CASE("mapper: a required field without a column needs --blank") {
  CHECK(holds(refused(std::string("id,name"), MappingConfig()), "--map phone=COLUMN"));
  CHECK(holds(refused(std::string("id,name"), MappingConfig()), "\"id\", \"name\""));
  Bench bench("id,name", blanks({{"phone", Blank::empty}, {"email", Blank::empty}}));
  CHECK(bench.row(row_id + ",n") == R"({"name":"n","phone":""})");
  CHECK(bench.mapper.describe() ==
        std::vector<std::string>{"id <- id", "name <- name", "phone <- always \"\", which leaves it unchanged"});
}

TEST_CASE("mapper: columns are chosen with --map and --id-column, and what is not sent is listed") {
  MappingConfig config;
  config.columns = {{"name", "full name"}, {"phone", "Tel"}};
  config.id_column = "Customer";
  Bench bench("Customer,Full_Name,Tel,name,Notes,Reference Number,amend_error", config);
  CHECK(bench.row(row_id + ",n,p,other,x,r,y") == R"({"name":"n","phone":"p"})");
  CHECK(bench.mapper.unknown_columns() == std::vector<std::string>{"name", "Notes"});
  CHECK(bench.mapper.describe() == std::vector<std::string>{"id <- Customer", "name <- Full_Name", "phone <- Tel"});
}

TEST_CASE("mapper: the id is the column id or uuid, in any spelling") {
  CHECK(Bench("UUID,name,phone", MappingConfig()).row(row_id + ",n,p") == R"({"name":"n","phone":"p"})");
  CHECK(holds(refused(std::string("id,uuid,name,phone"), MappingConfig()), "--id-column"));
  CHECK(holds(refused(std::string("key,name,phone"), MappingConfig()), "\"key\", \"name\", \"phone\""));
  CHECK(holds(refused(std::string("id;name;phone"), MappingConfig()), "--delimiter"));
  CHECK(holds(refused(std::string("id|name|phone"), MappingConfig()), "--delimiter"));
  // The id decides who is changed: an exact name does not win over a twin either.
  const std::string twins = refused(std::string("ID,id,name,phone"), MappingConfig());
  CHECK(holds(twins, "\"ID\" and \"id\""));
  CHECK(holds(twins, "--id-column"));
  MappingConfig chosen;
  chosen.id_column = "id";
  CHECK(Bench("ID,id,name,phone", chosen).row("x," + row_id + ",n,p") == R"({"name":"n","phone":"p"})");
}

TEST_CASE("mapper: a wrong mapping names the option") {
  const std::string header = "id,name,phone,Mail,E Mail,e-mail";
  const auto map = [&](const std::string& field, const std::string& column) {
    MappingConfig config;
    config.columns = {{field, column}};
    return refused(header, config);
  };
  CHECK(holds(map("nam", "name"), "--map nam"));
  CHECK(holds(map("reference_number", "name"), "--map reference_number"));
  CHECK(holds(map("id", "name"), "--id-column"));
  CHECK(holds(map("email", "post"), "--map email=post: there is no such column"));
  CHECK(holds(map("email", "E_MAIL"), "both match"));
  CHECK(map("email", "e-mail") == "accepted");
  CHECK(holds(refused(header, blanks({{"mail", Blank::null}})), "--blank mail"));
  CHECK(holds(refused(std::string("id,name,Name,phone"), MappingConfig()), "two columns for name"));
  MappingConfig twice;
  twice.columns = {{"email", "Mail"}, {"email", "e-mail"}};
  CHECK(holds(refused(header, twice), "--map email: is given twice"));
  MappingConfig guard;
  guard.guard_column = "ref";
  CHECK(holds(refused(header, guard), "--guard reference_number=ref"));
  MappingConfig key;
  key.id_column = "key";
  CHECK(holds(refused(header, key), "--id-column key"));
}

TEST_CASE("mapper: an id that is not a uuid is rejected, and the text says what happened to it") {
  Bench bench("id,name,phone", MappingConfig());
  const auto text = [&](const std::string& bad, const std::string& code) {
    CHECK(bench.row("\"" + bad + "\",n,p") == code);
    CHECK(bench.last().id.size == 0);
    return bench.reason->text;
  };
  text("", "input.id.missing");
  text("  ", "input.id.missing");
  CHECK(holds(text(" " + row_id, "input.id.not_uuid"), "spaces around it"));
  CHECK(holds(text(row_id + " ", "input.id.not_uuid"), "spaces around it"));
  CHECK(holds(text("'" + row_id, "input.id.not_uuid"), "--strip-formula"));
  CHECK(holds(text("'" + row_id + "'", "input.id.not_uuid"), "quotes that are not CSV quotes"));
  CHECK(holds(text("\u200E" + row_id, "input.id.not_uuid"), "U+200E"));
  CHECK(holds(text("1.23E+15", "input.id.not_uuid"), "spreadsheet"));
  CHECK(holds(text("../../x", "input.id.not_uuid"), "7 bytes"));
  CHECK(holds(text(row_id + "\r\nX: y", "input.id.not_uuid"), "bytes"));
  CHECK(holds(text("0b6f6ca8-7d1c-4e0e-9f55-0123456789aG", "input.id.not_uuid"), "8-4-4-4-12"));
  CHECK(text(std::string(5000, 'x'), "input.id.not_uuid").size() < 100);
}

TEST_CASE("mapper: values that the schema does not allow are rejected before they are sent") {
  Bench bench("id,name,phone,dial_code,default_payment_method,default_payment_token", MappingConfig());
  CHECK(bench.row(row_id + ",Ann,\"p\n\",,,") == "input.phone.control");
  CHECK(holds(bench.reason->text, "--trim"));
  CHECK(bench.batch.text(bench.last().id) == row_id);
  CHECK(bench.row(row_id + ",n,p,+852852,,") == "input.dial_code.too_long");
  CHECK(bench.batch.text(bench.last().id).data() + row_id.size() == bench.batch.text(bench.last().raw).data());
  CHECK(bench.row(row_id + ",n,p,,Cash,") == "input.default_payment_method.invalid");
  CHECK(bench.row(row_id + ",n,p,,,nonsense") == "input.default_payment_token.invalid");
  CHECK(bench.row(row_id + ",n,p,,Alipay," + row_id) ==
        R"({"name":"n","phone":"p","default_payment_method":"Alipay","default_payment_token":")" + row_id + "\"}");
  CHECK(bench.last().sends_token);
}

TEST_CASE(
    "mapper: a value that breaks a rule because a program damaged it names what the program did, and the remedy") {
  Bench bench("id,name,phone,dial_code", MappingConfig());
  const auto text = [&](const std::string& cells) {
    bench.row(row_id + "," + cells + "\n");
    REQUIRE(bench.reason);
    return bench.reason->text;
  };
  const auto has = [](const std::string& all, std::string_view part) { return all.find(part) != std::string::npos; };
  CHECK(has(text("A,5,\"=\"\"+4930\"\"\""), "--strip-formula"));
  CHECK(has(text("A,5,#VALUE!"), "Repair the formula"));
  CHECK(has(text("A,5,undefined"), "--null-text"));
  CHECK(has(text("A,5,   +49   "), "--trim"));
  CHECK(has(text("\u00C3\u0085ke,5,+49"), "as UTF-8"));
  CHECK(text("A,5,1234567").ends_with("the limit is 6"));
}

TEST_CASE("mapper: the guard column travels beside the row and must not be blank") {
  MappingConfig config;
  config.guard_column = "ref";
  Bench bench("id,name,phone,Ref", config);
  CHECK(bench.row(row_id + ",n,p,R 1") == R"({"name":"n","phone":"p"})");
  CHECK(bench.batch.text(bench.last().guard) == "R 1");
  CHECK(bench.row(row_id + ",n,p,") == "input.guard.missing");
  CHECK(bench.mapper.unknown_columns().empty());
}

TEST_CASE("mapper: NDJSON members by name, numbers sent quoted, null follows --blank") {
  Bench bench(blanks({{"email", Blank::null}, {"dial_code", Blank::empty}}));
  const std::string start = "{\"uuid\":\"" + row_id + "\",";
  CHECK(bench.line(start + R"("phone":0123,"Name":"n"})") == "input.json.syntax");
  CHECK(bench.line(start + R"("phone":85212345678901234567890.50,"Name":"n","more":[1],"amend_x":1})") ==
        R"({"name":"n","phone":"85212345678901234567890.50"})");
  CHECK(bench.line(start + R"("phone":"p","name":"n","email":null,"dial_code":null,"company_name":null})") ==
        R"({"name":"n","phone":"p","email":null,"dial_code":""})");
  CHECK(bench.line(start + R"("phone":"","name":"","email":""})") == R"({"name":"","phone":"","email":""})");
  CHECK(bench.line(start + R"("phone":"p"})") == "input.name.missing");
  CHECK(bench.line(start + R"("phone":null,"name":"n"})") == "input.phone.missing");
  CHECK(bench.line(start + R"("phone":1e5,"name":"n"})") == "input.phone.number");
  CHECK(bench.line(start + R"("phone":true,"name":"n"})") == "input.phone.type");
  CHECK(bench.line(start + R"("phone":"p","name":["n"]})") == "input.name.type");
  CHECK(bench.line(start + R"("phone":"p","name":"a\u0000b"})") == "input.name.control");
  CHECK(bench.line(start + R"("phone":"p","name":"n","NAME":"m"})") == "input.json.duplicate_key");
  CHECK(bench.line(R"({"phone":"p","name":"n"})") == "input.id.missing");
  CHECK(bench.line(R"({"id":null,"phone":"p","name":"n"})") == "input.id.missing");
  CHECK(bench.line(R"({"id":12,"phone":"p","name":"n"})") == "input.id.not_uuid");
  CHECK(bench.line(R"({"id":{},"phone":"p","name":"n"})") == "input.id.type");
}

TEST_CASE("mapper: the key of a row is known before it is mapped, in any letter case") {
  Bench csv("name,id,phone", MappingConfig());
  std::string lower = row_id;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  CHECK(csv.mapper.key_of(Bench::csv("n," + row_id + ",p")) == wonder::customer_key(row_id));
  CHECK(csv.mapper.key_of(Bench::csv("n," + lower + ",p")) == wonder::customer_key(row_id));
  CHECK(csv.mapper.key_of(Bench::csv("n,bad,p")) == 0);
  CHECK(csv.mapper.key_of(Bench::csv("a\"b,c")) == 0);
  Bench json((MappingConfig()));
  CHECK(json.mapper.key_of(Bench::json("{\"a\":1,\"UUID\":\"" + lower + "\"}")) == wonder::customer_key(row_id));
  CHECK(json.mapper.key_of(Bench::json("{\"a\":1}")) == 0);
}

TEST_CASE("mapper: a faulty record is kept with its position and text") {
  Bench bench("id,name,phone", MappingConfig());
  const Record record = Bench::csv("a\"b,c");
  bench.mapper.reject(record, bench.batch);
  CHECK(bench.batch.text(bench.last().raw) == "a\"b,c");
  CHECK(bench.last().position == Position(7, 8, 9));
  CHECK(bench.last().id.size == 0);
  CHECK(bench.map(record) == "input.csv.quote");
}

TEST_CASE("mapper: rows of one batch do not touch each other") {
  Bench bench("id,name,phone", MappingConfig());
  bench.row(row_id + ",n,p");
  bench.row("bad,n,p");
  bench.row(row_id + ",m,p");
  CHECK(bench.batch.text(bench.batch[0].body) == R"({"name":"n","phone":"p"})");
  CHECK(bench.batch.text(bench.batch[1].raw) == "bad,n,p");
  CHECK(bench.batch.text(bench.batch[2].body) == R"({"name":"m","phone":"p"})");
  CHECK(bench.batch.text(bench.batch[2].id) == row_id);
}

TEST_CASE("mapper: an empty file has no header and nothing is missing") {
  const Mapper mapper(MappingConfig(), Format::csv, {});
  CHECK(mapper.unknown_columns().empty());
}

TEST_CASE("mapper: a partial row says what it knows, and names its customer by id or by the merchant's own number") {
  MappingConfig config;
  config.form = RowForm::partial;
  Bench by_reference("reference_number,email,phone", config);
  CHECK(by_reference.mapper.key() == CustomerKey::reference);
  CHECK(by_reference.row("R-1,a@b,") == R"({"email":"a@b"})");
  CHECK(by_reference.batch.text(by_reference.last().id) == "R-1");
  CHECK(by_reference.row(",a@b,") == "input.id.missing");
  CHECK(by_reference.row(std::string(256, 'x') + ",a@b,1") == "input.id.not_reference");
  CHECK(by_reference.row("R\x01,a@b,1") == "input.id.not_reference");

  Bench by_id("reference_number,uuid,email", config);  // the surer name
  CHECK(by_id.mapper.key() == CustomerKey::uuid);
  CHECK(by_id.row("R-1," + row_id + ",a@b") == R"({"email":"a@b"})");

  config.reference_column = "Customer No";
  Bench named("uuid,customer_no,email", config);
  CHECK(named.mapper.key() == CustomerKey::reference);
  CHECK(named.row(row_id + ",C-7,a@b") == R"({"email":"a@b"})");
  CHECK(named.batch.text(named.last().id) == "C-7");
  Bench lines(config);
  CHECK(lines.line(R"({"Customer No":"C-7","phone":"1"})") == R"({"phone":"1"})");
  CHECK(lines.batch.text(lines.last().id) == "C-7");

  config.reference_column = "Nobody";
  CHECK_THROWS_AS(Bench("uuid,email", config), ConfigError);
  config.reference_column.clear();
  CHECK_THROWS_AS(Bench("email,phone", config), ConfigError);
}

TEST_CASE("mapper: a column of amend's own cannot be named: it would be lost in a retry file") {
  MappingConfig by_id;
  by_id.id_column = "amend_id";
  MappingConfig by_field;
  by_field.columns = {{"name", "amend_name"}};
  MappingConfig by_guard;
  by_guard.guard_column = "amend_ref";
  MappingConfig by_reference;
  by_reference.form = RowForm::partial;
  by_reference.reference_column = "amend_ref";
  for (const MappingConfig& config : {by_id, by_field, by_guard, by_reference}) {
    CHECK_THROWS_AS(Bench("id,name,phone,amend_id,amend_name,amend_ref", config), ConfigError);
    CHECK_THROWS_AS(Bench{config}, ConfigError);
  }
}
