// The check that counts: joins the input, the run's log and the server's own record. "It printed success" proves
// nothing.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "simulator.hpp"

namespace test {

/// One customer as a test wrote it into its input file.
class Customer {
 public:
  Customer() = default;

  std::string id;
  std::map<std::string, std::string> fields;
};

/// `count` distinct customers with names of several scripts; the same for the same seed.
std::vector<Customer> make_customers(std::size_t count, unsigned seed = 1);

/// `people` customers with `rows_each` rows whose names tell them apart; the rows of one never side by side.
std::vector<Customer> make_customers_in_turns(std::size_t people, std::size_t rows_each);

/// The file: CSV with the columns id, name, phone, email, dial_code, company_name.
std::string to_csv(const std::vector<Customer>& customers);

/// What does not agree, at most ten of it; empty is well. Holds:
/// - each row of the input has exactly one record, and the record names the row's id;
/// - a success has a request in the server's log with its X-Request-ID, its id and exactly its body, that was applied
///   and answered 2xx;
/// - a row that failed by an answer was answered so, last; no row had more attempts than --max-attempts;
/// - a row that was never applied is not called a success, one that was is success, unknown, or has `applied`;
/// - what was applied to one id was applied in the order of the file;
/// - for each id whose last row is a success, the server's final state equals that row, field by field;
/// - summary.json adds up to the log, and the exit code fits.
/// The simulator must have been stopped.
std::vector<std::string> disagreements(const std::vector<Customer>& input, const std::string& run,
                                       const Simulator& simulator, int exit_code);

/// The same for a run and its retries, the first run first, each row by its last record. The rules about summary.json
/// and the exit code do not apply. In addition, no run has two records of a row, and no retry has one of a row that had
/// ended in success.
std::vector<std::string> disagreements_of_chain(const std::vector<Customer>& input,
                                                const std::vector<std::string>& runs, const Simulator& simulator);

}  // namespace test
