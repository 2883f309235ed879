#include "amend/reader/check.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "amend/error.hpp"
#include "amend/reader/source.hpp"
#include "queue/batch_pool.hpp"
#include "reader/mapping/id_trouble.hpp"
#include "reader/mapping/mapper.hpp"

namespace amend {
namespace {

constexpr std::chrono::milliseconds wait_at_most{20};

void count(std::vector<Finding>& findings, std::string_view code, Position position, const std::string& text) {
  auto found = std::ranges::find(findings, code, &Finding::code);
  if (found == findings.end()) {
    Finding fresh;
    fresh.code = code;
    fresh.example = text;
    found = findings.insert(found, std::move(fresh));
  }
  ++found->rows;
  if (found->first.size() < finding_examples_max) found->first.push_back(position);
}

void most_frequent_first(std::vector<Finding>& findings) {
  std::ranges::sort(findings, [](const Finding& a, const Finding& b) {
    return a.rows != b.rows ? a.rows > b.rows : a.code < b.code;
  });
}

std::uint64_t rows_of(const std::vector<Finding>& findings, std::string_view code) {
  const auto found = std::ranges::find(findings, code, &Finding::code);
  return found == findings.end() ? 0 : found->rows;
}

std::string rows_text(std::uint64_t rows) { return std::to_string(rows) + (rows == 1 ? " row" : " rows"); }

// One reading of a file.
class Look {
 public:
  Look(const InputFile& file, const InputConfig& input, const MappingConfig& mapping, const std::atomic<bool>& stop)
      : input_(input),
        stop_(stop),
        source_(open_source(file, input)),
        encoding_(*source_),
        mapper_(mapping, source_->format(), source_->header()),
        batch_(pool_.acquire()),
        ids_(input.duplicates == Duplicates::order ? IdIndex::default_bytes_max : IdIndex::unbounded, mapper_.key()) {
    report_.format = source_->format();
    report_.delimiter = source_->delimiter();
    report_.encoding = source_->encoding();
    report_.mapping = mapper_.describe();
    report_.unknown_columns = mapper_.unknown_columns();
  }
  ~Look() { pool_.reclaim(batch_); }
  Look(const Look&) = delete;
  Look& operator=(const Look&) = delete;

  void read_all();
  CheckReport report();

 private:
  bool next();
  void take();
  void hide();
  void note(const Reason& reason);
  void hint_at_encoding();
  void hint_at_rows();
  void hint_at_ids();

  const InputConfig& input_;
  const std::atomic<bool>& stop_;
  std::unique_ptr<Source> source_;
  EncodingCheck encoding_;
  Mapper mapper_;
  BatchPool pool_{1};
  Batch* batch_;
  Record record_;
  IdIndex ids_;
  CheckReport report_;
};

void Look::read_all() {
  while (next()) take();
  report_.content = source_->content_read();
  report_.bytes = std::max(source_->bytes_total(), source_->bytes_read());
}

// A file never makes it wait; a pipe may be silent for a long time.
bool Look::next() {
  const bool turn = report_.rows % rows_per_batch_max == 0 || batch_->bytes() >= bytes_per_batch;
  if (turn || source_->bytes_total() == 0) {
    while (!stop_.load(std::memory_order_relaxed) && source_->bytes_total() == 0 && !source_->wait(wait_at_most)) {
    }
    if (stop_.load(std::memory_order_relaxed)) throw InputError("interrupted while the input was checked");
  }
  if (turn) batch_->clear(2 * bytes_per_batch);
  return source_->next(record_);
}

void Look::take() {
  ++report_.rows;
  encoding_.take(record_);
  const std::optional<Reason> reason = mapper_.map(record_, *batch_);
  if (reason) {
    note(*reason);
    return;
  }
  ++report_.sendable;
  mapper_.will_be_sent(record_);
  const Update& update = (*batch_)[batch_->size() - 1];
  if (ids_.add(batch_->text(update.id), update.position.row) || input_.duplicates == Duplicates::order) return;
  throw ConfigError("--duplicates: the input has more than " + std::to_string(IdIndex::row_max) +
                        " rows, and amend cannot compare them all. Split the input",
                    ExitCode::input);
}

void Look::note(const Reason& reason) {
  count(report_.rejected, reason.code, record_.position(), reason.text);
  if (reason.code == "input.id.not_uuid") {
    const std::string_view id = mapper_.id_of(record_);
    const std::string_view trouble = id_trouble_code(id);
    count(report_.suspicious_ids, trouble, record_.position(), reason.text);
    if (trouble == "id.quotes") mapper_.note_rejected(record_, ValueFinding::quotes, id);
  }
  // The quotes of such a row look damaged; only its bytes reveal why.
  if (reason.code.starts_with("input.csv.") && record_.raw().find("\\\"") != std::string::npos)
    mapper_.note_rejected(record_, ValueFinding::backslash, record_.raw());
}

void Look::hide() {
  report_.hidden = ids_.hidden(input_.duplicates);
  const RowSet& hidden = report_.hidden;
  if (input_.duplicates != Duplicates::reject) {
    report_.superseded = hidden.size();
  } else if (hidden.size() > 0) {
    Finding finding;
    finding.code = "input.id.duplicate";
    finding.rows = hidden.size();
    finding.example = "several rows name this customer, and --duplicates reject is set";
    for (std::uint64_t row = 1; finding.first.size() < std::min<std::uint64_t>(finding.rows, finding_examples_max);
         ++row)
      if (hidden.contains(row)) finding.first.emplace_back(row, 0, 0);
    report_.rejected.push_back(std::move(finding));
  }
}

CheckReport Look::report() {
  hide();
  report_.duplicates = ids_.count();
  report_.findings = mapper_.findings();
  most_frequent_first(report_.rejected);
  most_frequent_first(report_.suspicious_ids);
  hint_at_encoding();
  hint_at_rows();
  hint_at_ids();
  return std::move(report_);
}

// The bytes were expected to be UTF-8, and only some rows are not. Another encoding is unlikely then.
void Look::hint_at_encoding() {
  report_.encoding_trouble = encoding_.trouble();
  const std::uint64_t rows = rows_of(report_.rejected, "input.utf8");
  if (rows == 0 || report_.encoding_trouble || source_->encoding() != "UTF-8") return;
  report_.hints.push_back(rows_text(rows) +
                          " with bytes that are not valid UTF-8: export the file again as UTF-8, or repair the bytes");
}

void Look::hint_at_rows() {
  const std::uint64_t ragged = rows_of(report_.rejected, "input.csv.columns");
  if (ragged * 2 > report_.rows) {
    report_.hints.emplace_back(
        "most rows have more or fewer cells than the header: if the separator is wrong, try --delimiter");
  }
  const std::uint64_t damaged = rows_of(report_.rejected, "input.csv.damaged");
  if (damaged > 0) {
    report_.hints.push_back(
        rows_text(damaged) +
        " inside a damaged quoted value: repair its quotes, or use --recover to read each line inside it as a row");
  }
  for (const std::string_view field : {"name", "phone"}) {
    const std::uint64_t missing = rows_of(report_.rejected, "input." + std::string(field) + ".missing");
    if (missing == 0) continue;
    report_.hints.push_back(rows_text(missing) + " without a value for " + std::string(field) +
                            ": to send them, use --blank " + std::string(field) +
                            "=empty; the API then keeps its value of that field");
  }
}

void Look::hint_at_ids() {
  const std::uint64_t with_spaces = rows_of(report_.suspicious_ids, "id.spaces");
  if (with_spaces > 0)
    report_.hints.push_back(rows_text(with_spaces) + " with spaces or invisible characters around the id: try --trim");
  const std::uint64_t formulas = rows_of(report_.suspicious_ids, "id.formula");
  if (formulas > 0)
    report_.hints.push_back(rows_text(formulas) +
                            " with an apostrophe before the id, or with the id in =\"…\": try --strip-formula");
  const std::uint64_t rounded =
      rows_of(report_.suspicious_ids, "id.scientific") + rows_of(report_.suspicious_ids, "id.leading_zeros");
  if (rounded == 0) return;
  report_.hints.push_back(rows_text(rounded) +
                          " with an id that a spreadsheet changed: export the file again with the id column as text");
}

}  // namespace

void require_second_reading(const InputConfig& input) {
  if (input.duplicates == Duplicates::order) return;
  struct stat status {};
  if (input.file != "-" && (::stat(input.file.c_str(), &status) != 0 || S_ISREG(status.st_mode))) return;
  throw ConfigError("--duplicates last, first and reject read the input twice: " +
                    (input.file == "-" ? std::string("stdin") : printable(input.file)) +
                    " cannot be read twice. Save the input as a regular file, and name that file");
}

CheckReport check_input(const InputFile& file, const InputConfig& input, const MappingConfig& mapping,
                        const std::atomic<bool>& stop) {
  require_second_reading(input);
  Look look(file, input, mapping, stop);
  look.read_all();
  return look.report();
}

CheckReport check_input(const InputConfig& input, const MappingConfig& mapping, const std::atomic<bool>& stop) {
  require_second_reading(input);
  return check_input(InputFile(input.file), input, mapping, stop);
}

}  // namespace amend
