// JSON that is not one object a line, and fields that are inside another object.
#include <doctest/doctest.h>

#include <string>

#include "amend/row/batch.hpp"
#include "reader/json/json_error.hpp"
#include "reader/json/nested_fields.hpp"
#include "reader/mapping/mapper.hpp"
#include "unit/reader/pieces.hpp"

using namespace amend;
using namespace amend::test;

namespace {

const std::string row_one = R"({"id":"7d3c1a01-5b0e-4c1d-9a77-0000000000f1","name":"Ida","phone":"5"})";
const std::string row_two = R"({"id":"7d3c1a01-5b0e-4c1d-9a77-0000000000f2","name":"Ole","phone":"6"})";

// The filter that the refusal names; "-": it is not refused.
std::string filter_of(const std::string& text, const std::string& file = "x.json") {
  std::string found = "-";
  for (const std::size_t piece : {1, 9, 4096}) {
    try {
      make_source(std::make_unique<Pieces>(cut(text, piece)), config(file));
      found = "-";
    } catch (const JsonShapeError& error) {
      found = error.filter();
      CHECK(error.exit_code() == ExitCode::usage);
      CHECK(std::string(error.what()).find("amend update -") != std::string::npos);
    }
  }
  return found;
}

}  // namespace

TEST_CASE("json: an array is refused as a whole in every spelling, with the filter that makes rows of it") {
  for (const std::string& text :
       {"[" + row_one + "," + row_two + "]", "[\n" + row_one + ",\n" + row_two + "\n]\n",
        "[" + row_one + ",\n" + row_two + "]", "\n \t[ " + row_one + " ]",
        std::string("[\n  {\n    \"id\": \"x\"\n  }\n]"), std::string("[]"), "\xEF\xBB\xBF[" + row_one + "]"}) {
    CAPTURE(text);
    CHECK(filter_of(text) == ".[]");
    CHECK(filter_of(text, "customers") == ".[]");
    CHECK(filter_of(text, "customers.ndjson") == ".[]");
    CHECK(filter_of(text, "-") == ".[]");
  }
}

TEST_CASE("json: an array inside an object is refused, and the member named") {
  CHECK(filter_of(R"({"data":[)" + row_one + "," + row_two + R"(],"has_more":false})") == ".data[]");
  CHECK(filter_of(R"({"total":2,"has_more":false,"data":[)" + row_one + "]}\n") == ".data[]");
  CHECK(filter_of("{\n  \"my results\": [\n    " + row_one + "\n  ]\n}\n") == ".\"my results\"[]");
  CHECK(filter_of(R"({"data":[)" + row_one + "," + std::string(270'000, ' ') + row_two + "]}") == ".data[]");
}

TEST_CASE("json: customers deeper inside, beside an id of their own, and page by page are refused in the same way") {
  CHECK(filter_of(R"({"data":{"count":2,"items":[)" + row_one + "," + row_two + "]}}") == ".data.items[]");
  CHECK(filter_of("{\n \"a\": {\n  \"b b\": {\n   \"c\": [\n    " + row_one + "]}}}") == ".a.\"b b\".c[]");
  CHECK(filter_of(R"({"id":"export-7","customers":[)" + row_one + "]}") == ".customers[]");
  CHECK(filter_of(R"({"data":[)" + row_one + "]}\n{\"data\":[" + row_two + "]}\n") == ".data[]");
  CHECK(filter_of(R"({"errors":[],"notes":[{"x":1}],"data":[)" + row_one + "]}") == ".data[]");
  CHECK(filter_of(R"({"the \"list\"":[)" + row_one + "]}") == ".\"the \\\"list\\\"\"[]");
  CHECK(filter_of("[[" + row_one + "],[" + row_two + "]]") == ".[][]");
}

TEST_CASE("json: arrays of arrays are a table, whose first row is the header") {
  for (const std::string file : {"x.json", "customers"}) {
    CHECK(filter_of(R"([["id","name"],["7d3c1a01-5b0e-4c1d-9a77-0000000000f1","Ida"]])", file) == ".[] | @csv");
    CHECK(filter_of("[\"id\",\"name\"]\n[\"7d3c1a01-5b0e-4c1d-9a77-0000000000f1\",\"Ida\"]\n", file) == "@csv");
  }
  CHECK(command_for_lines("x.json", ".[] | @csv") == "jq -r '.[] | @csv' x.json");
}

TEST_CASE("json: lines that end in commas are refused, too") {
  CHECK(filter_of(row_one + ",\n" + row_two + "\n").empty());
}

TEST_CASE("json: rows stay rows, whatever lists they have") {
  const std::string lists = R"({"tags":[{"a":1}],"id":"7d3c1a01-5b0e-4c1d-9a77-0000000000f1","name":"Ida"})";
  for (const std::string& text :
       {row_one + "\n" + row_two + "\n", row_one, lists + "\n", std::string("{}\n"), std::string("{\"a\":1}\n"),
        std::string(), R"({"no":"A1","items":[{"x":1}]})" + std::string("\n") + R"({"no":"A2","items":[]})",
        R"({"no":"A1","name":"Ida","items":[{"id":"x","name":"y"}]})" + std::string("\n") + R"({"no":"A2"})",
        R"({"no":"A1","a":{"b":[{"x":1}]}})" + std::string("\n"),
        R"({"key":"7d3c1a01-5b0e-4c1d-9a77-0000000000f1","items":[{"x":1}]})" + std::string("\n"),
        R"({"a":"[{","uuid":"x","b":[{}]})" + std::string("\n")}) {
    CAPTURE(text);
    CHECK(filter_of(text) == "-");
  }
  CHECK(filter_of("[id],[name]\r\n1,2\r\n", "x.csv") == "-");
  InputConfig csv = config("x.csv");
  csv.format = Format::csv;
  CHECK_NOTHROW(source("[{\r\n1\r\n", csv));
}

TEST_CASE("json: the command for a file is quoted for a shell") {
  CHECK(command_for_lines("a b.json", ".data[]") == "jq -c '.data[]' 'a b.json'");
  CHECK(command_for_lines("-x", ".[]") == "jq -c '.[]' ./-x");
  CHECK(command_for_lines("-", ".[]") == "… | jq -c '.[]'");
  CHECK(jq_member("a\"b") == ".\"a\\\"b\"");
  CHECK(jq_member("1a") == ".\"1a\"");
}

namespace {

// "sent BODY", or why not.
std::string mapped(const std::string& row, const MappingConfig& how = MappingConfig()) {
  const auto s = source(row + "\n", config("x.ndjson"));
  Mapper mapper(how, s->format(), s->header());
  Record record;
  REQUIRE(s->next(record));
  Batch out;
  if (const auto reason = mapper.map(record, out)) return reason->code + ": " + reason->text;
  return "sent " + std::string(out.text(out[0].body));
}

MappingConfig all_empty() {
  MappingConfig how;
  how.blanks = {{"name", Blank::empty}, {"phone", Blank::empty}};
  return how;
}

const std::string id_member = R"("id":"7d3c1a01-5b0e-4c1d-9a77-0000000000f1")";

}  // namespace

TEST_CASE("nested: a row whose fields are inside another object is never sent as if they were blank") {
  for (const MappingConfig& how : {MappingConfig(), all_empty()}) {
    const auto ends_in = [&](const std::string& row, const std::string& filter) {
      const std::string text = mapped(row, how);
      CAPTURE(text);
      CHECK(text.starts_with("input.json.nested: "));
      CHECK(text.ends_with("jq -c " + filter));
    };
    ends_in("{" + id_member + R"(,"properties":{"name":"Ida","phone":"5"}})", "'{id} + .properties'");
    ends_in("{" + id_member + R"(,"name":"Ida","contact":{"phone":"5"}})", "'{id, name} + .contact'");
    ends_in("{" + id_member + R"(,"person":{"Name":"Ida"},"my contact":{"phone":"5"}})",
            "'{id} + .person + .\"my contact\"'");
    ends_in("{" + id_member + R"(,"data":{"attributes":{"name":"Ida","phone":"5"}}})", "'{id} + .data.attributes'");
    ends_in(R"({"customer":{)" + id_member + R"(,"name":"Ida","phone":"5"}})", ".customer");
    ends_in("{" + id_member + R"(,"contacts":[{"name":"Ida","phone":"5"}]})", "'{id} + .contacts[0]'");
    ends_in("{" + id_member + R"(,"my phone":1,"json":"{\"name\":\"Ida\",\"phone\":\"5\"}"})",
            "'{id} + (.json | fromjson)'");
    ends_in("{" + id_member + R"(,"a":{"b":{"c":{"d":{"e":{"f":{"name":"Ida","phone":"5"}}}}}}})",
            "'{id} + .a.b.c.d.e.f'");
  }
}

TEST_CASE("nested: the command keeps the row's own id and fields, and takes no field from two objects") {
  const auto filter = [](const std::string& row) {
    const std::string text = mapped(row);
    CAPTURE(text);
    CHECK(text.starts_with("input.json.nested: "));
    return text.substr(text.rfind("jq -c ") + 6);
  };
  const std::string fields = R"("name":"Ida","phone":"5"})";
  CHECK(filter("{" + id_member + R"(,"contact":{"id":7,)" + fields + "}") == "'.contact + {id}'");
  CHECK(filter(R"({"_id":"7d3c1a01-5b0e-4c1d-9a77-0000000000f1","source":{)" + id_member + "," + fields + "}") ==
        ".source");
  CHECK(filter("{" + id_member + R"(,"before":{)" + fields + R"(,"after":{)" + fields + "}") == "'{id} + .after'");
  CHECK(mapped("{" + id_member + R"(,"before":{)" + fields + R"(,"after":{)" + fields + "}").find("before, after") !=
        std::string::npos);
  CHECK(filter(R"({"7d3c1a01-5b0e-4c1d-9a77-0000000000f1":{)" + fields +
               R"(,"7d3c1a01-5b0e-4c1d-9a77-0000000000f2":{)" + fields + "}") ==
        "'to_entries[] | {id: .key} + .value'");
}

TEST_CASE("nested: objects that have none of the fields, and rows that have them, are left as they are") {
  CHECK(mapped("{" + id_member + R"(,"name":"Ida","phone":"5","company":{"name":"X"}})").starts_with("sent "));
  CHECK(mapped("{" + id_member + R"(,"name":"Ida","phone":"5","extra":{"email":"a@b.c"}})").starts_with("sent "));
  CHECK(mapped("{" + id_member + R"(,"extra":{"x":1}})").starts_with("input.name.missing"));
  CHECK(mapped("{" + id_member + R"(,"name":"Ida","extra":{"x":1}})", all_empty()).starts_with("sent "));
  CHECK(mapped("{" + id_member + "}", all_empty()) == R"(sent {"name":"","phone":""})");
}
