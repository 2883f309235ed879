// Any bytes through CsvParser, compared with the slow reference parser, whole and in pieces.
#include <string>
#include <vector>

#include "amend/wonder/customer_schema.hpp"
#include "reader/csv/csv_parser.hpp"
#include "support/reference_csv.hpp"
#include "target.hpp"

using namespace amend;
using fuzz::require;

namespace {

class Settings {
 public:
  explicit Settings(fuzz::Dice& dice)
      : delimiter(",;\t|"[dice.below(4)]),
        row_bytes_max(1 + dice.below(60)),
        columns_max(1 + dice.below(6)),
        damage(dice.below(2) == 0 ? Damage::reject : Damage::recover) {}

  char delimiter;
  std::size_t row_bytes_max;
  std::size_t columns_max;
  Damage damage;
};

std::vector<reference::Row> parse(std::string_view text, std::size_t piece, const Settings& settings) {
  CsvParser parser(settings.delimiter, settings.row_bytes_max, settings.columns_max, Position(0, 1, 0),
                   settings.damage);
  std::vector<reference::Row> rows;
  Record record;
  const auto take = [&] {
    auto& row = rows.emplace_back();
    row.position = record.position();
    row.raw = record.raw();
    if (record.fault()) row.fault = record.fault()->code;
    for (std::size_t i = 0; i < record.size(); ++i) row.cells.emplace_back(record.field(i));
  };
  while (!text.empty()) {
    std::string_view input = text.substr(0, piece);
    text.remove_prefix(input.size());
    while (parser.parse(input, record) == CsvParser::Stop::record) take();
    require(input.empty(), "parse() consumes all input before it asks for more");
  }
  while (parser.finish(record) == CsvParser::Stop::record) take();
  return rows;
}

// The reference knows the grammar only.
void judge_bytes(reference::Row& row) {
  if (!row.fault.empty()) return;
  if (row.raw.find('\0') != std::string::npos) row.fault = "input.nul";
  if (row.fault.empty() && !wonder::is_utf8(row.raw)) row.fault = "input.utf8";
  if (!row.fault.empty()) row.cells.clear();
}

void compare(const std::vector<reference::Row>& rows, const std::vector<reference::Row>& wanted) {
  require(rows.size() == wanted.size(), "as many rows as the reference parser finds");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    require(rows[i].position == wanted[i].position, "row, line and byte of each row");
    require(rows[i].fault == wanted[i].fault, "the fault of each row");
    require(rows[i].cells == wanted[i].cells, "the cells of each row");
    require(wanted[i].raw.starts_with(rows[i].raw), "the raw text of each row");
    require(!rows[i].raw.empty(), "no row is blank");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Dice dice(std::string_view(reinterpret_cast<const char*>(data), size));
  const Settings settings(dice);
  const std::size_t piece = 1 + dice.below(9);
  const std::string_view text = dice.rest();
  auto wanted = reference::Csv(text, settings.delimiter, settings.row_bytes_max, settings.columns_max,
                               settings.damage == Damage::recover)
                    .rows();
  for (auto& row : wanted) judge_bytes(row);
  compare(parse(text, text.size() + 1, settings), wanted);
  compare(parse(text, piece, settings), wanted);
  return 0;
}
