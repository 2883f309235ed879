#include "pipeline/plan_writer.hpp"

#include "amend/wonder/customer_schema.hpp"
#include "reporter/json_text.hpp"

namespace amend {
namespace {

constexpr std::string_view unfinished_name = "plan.ndjson.tmp";
constexpr std::size_t lines_bytes_max = 256 * 1024;

void append_member(std::string& out, std::string_view name, std::string_view value) {
  out.append(",\"").append(name).append("\":");
  append_json_string(out, value);
}

void append_names(std::string& out, FieldSet fields) {
  out += ",\"fields\":[";
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (fields[i]) out.append("\"").append(wonder::customer_fields()[i].name).append("\",");
  if (out.back() == ',') out.pop_back();
  out += ']';
}

void append_sign(std::string& out, RowSign sign) {
  out.append("\"sign\":\"").append(1, static_cast<char>(sign)) += '"';
}

}  // namespace

PlanWriter::PlanWriter(const RunDirectory& run) : run_(run), file_(run, unfinished_name) {}

void PlanWriter::add(const PlanRow& row) {
  lines_.append("{\"row\":").append(std::to_string(row.position.row));
  lines_.append(",\"line\":").append(std::to_string(row.position.line)) += ',';
  append_sign(lines_, row.sign);
  if (!row.key.empty()) append_member(lines_, "key", row.key);
  if (row.customer) append_member(lines_, "id", row.customer->uuid);
  if (row.sign == RowSign::differs) {
    append_names(lines_, row.differs);
    lines_.append(",\"body\":").append(row.body);
  }
  if (row.reason) {
    append_member(lines_, "error_code", row.reason->code);
    append_member(lines_, "error", row.reason->text);
  }
  end_line();
}

void PlanWriter::add_missing(const wonder::Customer& customer) {
  lines_ += '{';
  append_sign(lines_, RowSign::only_api);
  append_member(lines_, "id", customer.uuid);
  if (!customer.reference_number.empty()) append_member(lines_, "reference_number", customer.reference_number);
  end_line();
}

void PlanWriter::end_line() {
  lines_ += "}\n";
  if (lines_.size() < lines_bytes_max) return;
  file_.write(lines_);
  lines_.clear();
}

void PlanWriter::close() {
  file_.write(lines_);
  lines_.clear();
  file_.flush();
  file_.close();
  run_.rename(unfinished_name, plan_name);
}

}  // namespace amend
