#include "reader/json/ndjson.hpp"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <string>
#include <vector>

#include "reader/mapping/row_faults.hpp"
#include "row/blanks.hpp"
#include "row/own_column.hpp"

namespace amend {
namespace {

namespace json = boost::json;

// Receives Boost.JSON's events and keeps the first level of the object.
class RowHandler {
 public:
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);

  explicit RowHandler(std::size_t members_max) : members_max_(members_max) {}

  void begin(Record& record) noexcept {
    record_ = &record;
    depth_ = 0;
    is_object_ = false;
  }
  bool is_object() const noexcept { return is_object_; }

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) {
    if (depth_++ == 0) is_object_ = true;
    return true;
  }
  bool on_object_end(std::size_t, json::error_code&) { return end_nested(); }
  bool on_array_begin(json::error_code&) {
    ++depth_;
    return true;
  }
  bool on_array_end(std::size_t, json::error_code&) { return end_nested(); }

  bool on_key_part(json::string_view s, std::size_t, json::error_code&) { return append(s); }
  bool on_key(json::string_view s, std::size_t, json::error_code& ec) {
    append(s);
    if (!keeps()) return true;
    if (record_->size() == members_max_) {
      ec = json::error::object_too_large;
      return false;
    }
    record_->end_name();
    return true;
  }
  bool on_string_part(json::string_view s, std::size_t, json::error_code&) { return append(s); }
  bool on_string(json::string_view s, std::size_t, json::error_code&) { return end_value(s, FieldKind::text); }
  bool on_number_part(json::string_view s, json::error_code&) { return append(s); }
  bool on_int64(std::int64_t, json::string_view s, json::error_code&) { return end_value(s, FieldKind::number); }
  bool on_uint64(std::uint64_t, json::string_view s, json::error_code&) { return end_value(s, FieldKind::number); }
  bool on_double(double, json::string_view s, json::error_code&) { return end_value(s, FieldKind::number); }
  bool on_bool(bool, json::error_code&) { return end_value({}, FieldKind::other); }
  bool on_null(json::error_code&) { return end_value({}, FieldKind::null); }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  bool keeps() const noexcept { return depth_ == 1 && is_object_; }
  bool append(json::string_view s) {
    if (keeps()) record_->bytes().append(s.data(), s.size());
    return true;
  }
  bool end_value(json::string_view s, FieldKind kind) {
    append(s);
    if (keeps()) record_->end_field(kind);
    return true;
  }
  bool end_nested() {
    --depth_;
    return end_value({}, FieldKind::other);
  }

  std::size_t members_max_;
  Record* record_ = nullptr;
  std::size_t depth_ = 0;
  bool is_object_ = false;
};

// The first line shows whether a file contains one array, or objects that cover several lines.
bool looks_spread_over_lines(std::string_view line) noexcept {
  return line == "{" || line == "[" || line == "[{" || line.ends_with("},") || line == "}" || line == "]";
}

constexpr std::string_view one_object_a_line =
    "the input looks like pretty-printed JSON or an array. Write one complete object per line";

}  // namespace

class NdjsonParser::Impl {
 public:
  explicit Impl(std::size_t members_max)
      : members_max_(members_max), parser_(json::parse_options(), members_max + own_columns_max) {}

  void parse(Record& record) {
    if (record.fault() || !judge_bytes(record)) return;
    const std::string_view line = without_blanks(record.raw(), " \t\r");
    parser_.reset();
    parser_.handler().begin(record);
    json::error_code ec;
    const std::size_t used = parser_.write_some(false, line.data(), line.size(), ec);
    if (!ec && used < line.size()) ec = json::error::extra_data;
    if (ec) {
      const auto before = static_cast<std::size_t>(line.data() - record.raw().data());
      refuse_row(record, grammar_fault(line, before + std::min(used, line.size()) + 1, ec));
    } else if (!parser_.handler().is_object()) {
      refuse_row(record,
                 row_fault("input.json.not_object", "the line is JSON but not an object: write one object per line"));
    } else if (record.size() > members_max_ && foreign_members(record) > members_max_) {
      refuse_row(record, row_fault("input.row.columns", too_many()));
    } else {
      refuse_duplicates(record);
    }
  }

 private:
  Reason grammar_fault(std::string_view line, std::size_t column, const json::error_code& ec) const {
    const std::string where = "column " + std::to_string(column) + ": ";
    if (ec == json::error::object_too_large) {
      return row_fault("input.row.columns", where + too_many());
    }
    if (ec == json::error::too_deep) return row_fault("input.json.depth", where + "the JSON has more than 32 levels");
    if (looks_spread_over_lines(line)) return row_fault("input.json.syntax", where + std::string(one_object_a_line));
    return row_fault("input.json.syntax", where + ec.message());
  }

  std::string too_many() const { return "more than " + std::to_string(members_max_) + " members"; }

  static std::size_t foreign_members(const Record& record) noexcept {
    std::size_t count = 0;
    for (std::size_t i = 0; i < record.size(); ++i) count += is_own_column(record.name(i)) ? 0 : 1;
    return count;
  }

  void refuse_duplicates(Record& record) {
    names_.clear();
    for (std::size_t i = 0; i < record.size(); ++i) names_.push_back(record.name(i));
    std::ranges::sort(names_);
    const auto twice = std::ranges::adjacent_find(names_);
    if (twice == names_.end()) return;
    refuse_row(record,
               row_fault("input.json.duplicate_key", "the member \"" + printable(*twice, 60) + "\" occurs twice"));
  }

  std::size_t members_max_;
  json::basic_parser<RowHandler> parser_;
  std::vector<std::string_view> names_;
};

NdjsonParser::NdjsonParser(std::size_t members_max) : impl_(std::make_unique<Impl>(members_max)) {}
NdjsonParser::~NdjsonParser() = default;

void NdjsonParser::parse(Record& record) { impl_->parse(record); }

}  // namespace amend
