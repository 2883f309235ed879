// The messages for an operator whose columns do not fit.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "amend/error.hpp"
#include "reader/mapping/mapper.hpp"

using namespace amend;

namespace {

std::string refused(const std::vector<std::string>& header, const MappingConfig& config) {
  try {
    const Mapper mapper(config, Format::csv, header);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("mapper: what is wrong with a mapping is said in these words") {
  const std::vector<std::string> header{"id", "name", "phone", "E Mail", "e-mail"};
  const auto map = [&](const std::string& field, const std::string& column) {
    MappingConfig config;
    config.columns = {{field, column}};
    return refused(header, config);
  };
  CHECK(map("email", "E_MAIL")
            .starts_with("--map email=E_MAIL: the columns \"E Mail\" and \"e-mail\" both match; rename one, or write "
                         "the exact column name"));
  CHECK(map("nam", "name").starts_with("--map nam=…: the API has no such field to set; it has name, phone, email"));
  CHECK(map("id", "name") == "--map: the id is chosen with --id-column NAME");
  CHECK(map("email", "") == "--map email=: name a column");
  CHECK(refused({"id", "uuid", "name", "phone"}, MappingConfig()) ==
        "--id-column: the columns \"id\" and \"uuid\" could both be the id; choose one");
  CHECK(refused({"key", "name", "phone"}, MappingConfig())
            .starts_with("no column is called id or uuid: use --id-column NAME; "));
}
