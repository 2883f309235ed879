#include "plan/plan_writer.hpp"

#include <fmt/format.h>

#include "amend/wonder/customer_schema.hpp"
#include "row/json_text.hpp"

namespace amend {
namespace {

constexpr std::size_t lines_bytes_max = 256 * 1024;

void append_member(std::string& out, std::string_view name, std::string_view value) {
  out.append(",\"").append(name).append("\":");
  append_json_string(out, value);
}

void append_hash(std::string& out, std::string_view name, std::uint64_t hash) {
  out += fmt::format(",\"{}\":\"{:016x}\"", name, hash);
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

PlanWriter::Output::Output(const RunDirectory& run, std::string_view name)
    : name_(name), unfinished_name_(std::string(name) + ".tmp"), file_(run, unfinished_name_) {}

void PlanWriter::Output::write_when_full() {
  if (lines_.size() >= lines_bytes_max) write();
}

void PlanWriter::Output::write() {
  digest_.add(lines_);
  file_.write(lines_);
  lines_.clear();
}

std::string PlanWriter::Output::sha256() {
  write();
  return digest_.hex();
}

void PlanWriter::Output::close(const RunDirectory& run) {
  file_.write(lines_);
  file_.flush();
  file_.close();
  run.rename(unfinished_name_, name_);
}

PlanWriter::PlanWriter(const RunDirectory& run) : run_(run), plan_(run, plan_name), rollback_(run, rollback_name) {}

void PlanWriter::add(const PlanRow& row) {
  std::string& out = plan_.lines();
  const std::size_t begin = out.size();
  signs_.add(row.sign);
  out.append("{\"row\":").append(std::to_string(row.position.row));
  out.append(",\"line\":").append(std::to_string(row.position.line));
  append_hash(out, "hash", row.hash);
  append_sign(out += ',', row.sign);
  if (!row.key.empty()) append_member(out, "key", row.key);
  if (row.wants) append_hash(out, "wants", *row.wants);
  if (row.customer) append_member(out, "id", row.customer->uuid);
  if (row.sign == RowSign::differs) {
    append_names(out, row.differs);
    out.append(",\"body\":").append(row.body).append(",\"before\":").append(values_json(*row.customer));
    add_rollback(row);
  }
  if (row.reason) {
    append_member(out, "error_code", row.reason->code);
    append_member(out, "error", row.reason->text);
    append_member(out, "source", to_string(row.reason->origin));
    if (row.reason->column != 0) out.append(",\"column\":").append(std::to_string(row.reason->column));
  }
  end_line(begin);
}

void PlanWriter::end_line(std::size_t begin) {
  sum_ = close_plan_line(plan_.lines(), begin, sum_);
  plan_.write_when_full();
}

void PlanWriter::add_rollback(const PlanRow& row) {
  std::string& out = rollback_.lines();
  out.append("{\"row\":").append(std::to_string(row.position.row));
  append_member(out, "id", row.customer->uuid);
  for (std::size_t i = 0; i < row.overwritten.size(); ++i)
    if (row.overwritten[i] && !row.not_undoable[i])
      append_member(out, wonder::customer_fields()[i].name, row.customer->fields[i]);
  out.append(",\"sent\":").append(row.body).append("}\n");
  rollback_.write_when_full();
}

void PlanWriter::add_missing(const wonder::Customer& customer) {
  std::string& out = plan_.lines();
  const std::size_t begin = out.size();
  signs_.add(RowSign::only_api);
  append_sign(out += '{', RowSign::only_api);
  append_member(out, "id", customer.uuid);
  if (!customer.reference_number.empty()) append_member(out, "reference_number", customer.reference_number);
  end_line(begin);
}

// A plan is complete only when the data for its undo are durable.
void PlanWriter::close() {
  plan_.lines() += last_plan_line(signs_, rollback_.sha256());
  rollback_.close(run_);
  plan_.lines() += plan_end(plan_.sha256());
  plan_.close(run_);
}

}  // namespace amend
