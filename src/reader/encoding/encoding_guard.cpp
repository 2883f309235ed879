#include "reader/encoding/encoding_guard.hpp"

#include "amend/wonder/customer_schema.hpp"
#include "reader/mapping/row_faults.hpp"

namespace amend {
namespace {

std::string rows_were(std::uint64_t rows) { return std::to_string(rows) + (rows == 1 ? " row" : " rows"); }

}  // namespace

EncodingGuard::EncodingGuard(const Source& source)
    : source_(source),
      assumed_(source.encoding_basis() == EncodingBasis::assumed),
      named_(source.encoding_basis() == EncodingBasis::named && is_legacy_encoding(source.encoding())) {}

bool EncodingGuard::judge(Record& record) {
  if (named_) {
    // Bytes that were read ahead count too. A row that is not UTF-8 ends the doubt.
    if (record.fault() || !is_beyond_ascii(record.raw())) return false;
    const bool doubted = source_.is_utf8_after_all();
    if (doubted)
      refuse_row(record,
                 row_fault("input.encoding", "all characters beyond ASCII that amend has read so far are UTF-8, not " +
                                                 source_.encoding() + ": check --encoding"));
    const bool first = doubted && !doubted_;
    doubted_ = doubted_ || doubted;
    return first;
  }
  if (!assumed_) return false;
  if (record.fault()) {
    const bool first = !doubted_ && !wonder::is_utf8(record.raw());
    doubted_ = doubted_ || first;
    return first;
  }
  if (doubted_ && is_beyond_ascii(record.raw()))
    refuse_row(record, row_fault("input.encoding",
                                 "the row has characters beyond ASCII, and other rows of the input are not UTF-8: "
                                 "the letters of this row may be wrong"));
  return false;
}

void EncodingGuard::count_sent(const Record& record) noexcept {
  if (!doubted_ && (assumed_ || named_) && is_beyond_ascii(record.raw())) ++sent_before_;
}

std::string encoding_notice(const Record& record, std::uint64_t sent_before) {
  const std::string where =
      "row " + std::to_string(record.position().row) + " (line " + std::to_string(record.position().line) + ")";
  const std::string before = sent_before == 0
                                 ? "; no row with such characters was sent before"
                                 : "; " + rows_were(sent_before) +
                                       " with such characters may have been sent before, with wrong letters: check "
                                       "the customers at the API";
  return "the input is not in the encoding that amend uses to read it: see " + where +
         ". From this row on, amend rejects rows with characters beyond ASCII" + before +
         ". Name the encoding with --encoding";
}

}  // namespace amend
