#include "cli/command/explain.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "cli/text/output.hpp"
#include "cli/text/report_line.hpp"
#include "row/api_code.hpp"

namespace amend::cli {
namespace {

namespace json = boost::json;

json::object object_of(const OwnCode& own) {
  return {{"code", own.name}, {"meaning", own.meaning}, {"remedy", own.remedy}};
}

std::string json_of(std::string_view code) {
  if (code.empty()) {
    json::array all;
    for (const OwnCode& own : own_codes()) all.push_back(object_of(own));
    return json::serialize(all) + "\n";
  }
  const OwnCode* own = find_own_code(code);
  json::object out = own != nullptr ? object_of(*own) : json::object{{"meaning", nullptr}, {"remedy", nullptr}};
  out["code"] = printable(code);
  return json::serialize(out) + "\n";
}

}  // namespace

std::string explain_text(std::string_view code) {
  const std::string shown = printable(code);
  const OwnCode* found = find_own_code(code);
  const OwnCode& own = found != nullptr ? *found : api_code;
  const bool named = found == nullptr || own.name == code;
  const std::string family = named ? std::string() : " (" + std::string(own.name) + ")";
  return shown + family + "\n" + line("meaning", own.meaning) + line("remedy", own.remedy);
}

std::string explain_all_text() {
  std::string out;
  for (const OwnCode& own : own_codes()) out += explain_text(own.name);
  return out;
}

ExitCode run_explain(const Options& options) {
  const std::string& code = options.word;
  const std::string text = options.json ? json_of(code) : code.empty() ? explain_all_text() : explain_text(code);
  print(text);
  return code.empty() || find_own_code(code) != nullptr ? ExitCode::success : ExitCode::some_rows_failed;
}

}  // namespace amend::cli
