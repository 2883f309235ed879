#include "checker.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <unordered_map>

#include "run_files.hpp"

namespace test {
namespace {

using boost::json::object;

constexpr std::size_t findings_max = 10;
constexpr std::array fields{"name", "phone", "email", "dial_code", "company_name"};
constexpr std::array names{"陳大文", "Ada Lovelace", "Nguyễn Thị Minh", "O'Connor, Siobhán", "José \"Pepe\" García",
                           "محمد",   "Łukasz Żółć",  "李小龍 & Sons"};

std::string quoted(const std::string& cell) {
  std::string out = "\"";
  for (const char c : cell) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

// The body that the program must send for this row: the schema's order, no spaces, only quotes and backslashes escaped.
std::string body_of(const Customer& customer) {
  std::string body = "{";
  for (const auto* field : fields) {
    body += fmt::format("{}\"{}\":\"", body.size() > 1 ? "," : "", field);
    for (const char c : customer.fields.at(field))
      body += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    body += '"';
  }
  return body + "}";
}

std::string sha256_hex(const std::string& text) {
  std::array<unsigned char, 32> digest{};
  EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  std::string hex;
  for (const unsigned char byte : digest) hex += fmt::format("{:02x}", byte);
  return hex;
}

// What was applied at the server, in its order.
class ServerRecord {
 public:
  explicit ServerRecord(const Simulator& simulator) {
    std::map<std::int64_t, object> by_ordinal;
    for (auto& entry : read_ndjson(simulator.request_log()))
      by_ordinal.emplace(number_of(entry, "ordinal"), std::move(entry));
    for (auto& [ordinal, entry] : by_ordinal) {
      const bool applied = entry.at("applied").as_bool();
      if (applied) applied_bodies[text_of(entry, "id")].push_back(text_of(entry, "body_sha256"));
      by_request_id.emplace(text_of(entry, "request_id"), std::move(entry));
    }
    for (auto& customer : read_ndjson(simulator.state())) {
      std::string id = text_of(customer, "uuid");
      if (id.empty()) id = text_of(customer, "id");
      state.emplace(id, std::move(customer));
    }
  }

  std::unordered_map<std::string, object> by_request_id;
  std::unordered_map<std::string, std::vector<std::string>> applied_bodies;
  std::unordered_map<std::string, object> state;
};

class Findings {
 public:
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    if (texts.size() < findings_max) texts.push_back(fmt::format(format, std::forward<Args>(args)...));
  }
  std::vector<std::string> texts;
};

void check_record(const object& record, const Customer& customer, const ServerRecord& server, Findings& findings) {
  const auto row = number_of(record, "row");
  const std::string status = text_of(record, "status");
  if (text_of(record, "id") != customer.id) findings.add("row {}: the record names another id", row);
  const auto applied = server.applied_bodies.find(customer.id);
  // By its body: another row of the customer may have been applied.
  const bool was_applied =
      applied != server.applied_bodies.end() && std::ranges::count(applied->second, sha256_hex(body_of(customer))) > 0;
  const auto request = server.by_request_id.find(text_of(record, "request_id"));
  const bool seen = request != server.by_request_id.end();
  if (status == "failed" && record.contains("http") &&
      (!seen || number_of(request->second, "status") != number_of(record, "http")))
    findings.add("row {}: failed with {}, which is not what the server answered last", row, number_of(record, "http"));
  if (status != "success") {
    const bool admitted = status == "unknown" || record.contains("applied");
    if (was_applied && !admitted && status != "superseded")
      findings.add("row {}: {} without \"applied\", but the server applied it", row, status);
    return;
  }
  if (!seen) return findings.add("row {}: success, but the server never saw its request", row);
  const object& entry = request->second;
  if (text_of(entry, "id") != customer.id) findings.add("row {}: success with another customer's request", row);
  if (text_of(entry, "body_sha256") != sha256_hex(body_of(customer)))
    findings.add("row {}: another body was sent", row);
  if (number_of(entry, "status") / 100 != 2 || !entry.at("applied").as_bool())
    findings.add("row {}: success, but the server answered {}", row, number_of(entry, "status"));
}

void check_state(const std::string& id, const Customer& customer, const ServerRecord& server, Findings& findings) {
  const auto held = server.state.find(id);
  if (held == server.state.end()) return findings.add("{}: success, but the server does not hold it", id);
  for (const auto& [field, value] : customer.fields)
    if (text_of(held->second, field) != value) findings.add("{}: the server's {} is not the file's", id, field);
}

// A body may be applied again, but never after one of a later row.
void check_order(const std::vector<Customer>& input, const ServerRecord& server, Findings& findings) {
  std::unordered_map<std::string, std::vector<std::string>> in_file;
  for (const auto& customer : input) in_file[customer.id].push_back(sha256_hex(body_of(customer)));
  for (const auto& [id, applied] : server.applied_bodies) {
    const auto& expected = in_file[id];
    std::size_t at = 0;
    for (const auto& body : applied) {
      const auto found = std::find(expected.begin() + static_cast<std::ptrdiff_t>(at), expected.end(), body);
      if (found == expected.end()) return findings.add("{}: applied out of the file's order, or not from the file", id);
      at = static_cast<std::size_t>(found - expected.begin());
    }
  }
}

void check_summary(const std::string& run, std::size_t rows, const std::map<std::string, std::size_t>& statuses,
                   int exit_code, Findings& findings) {
  const object summary = read_json(run + "/summary.json");
  if (number_of(summary, "exit_code") != exit_code)
    findings.add("summary.json has another exit code than {}", exit_code);
  if (number_of(summary.at("rows").as_object(), "read") != static_cast<std::int64_t>(rows))
    findings.add("summary.json: the rows read are not {}", rows);
  for (const auto& [status, count] : statuses)
    if (number_of(summary.at("rows").as_object(), status) != static_cast<std::int64_t>(count))
      findings.add("summary.json: {} is not {}", status, count);
  const bool all_well = std::ranges::all_of(
      statuses, [](const auto& entry) { return entry.first == "success" || entry.first == "superseded"; });
  if (exit_code != (all_well || rows == 0 ? 0 : 1)) findings.add("exit code {} does not fit", exit_code);
}

using FinalRecords = std::map<std::int64_t, object>;

void read_run(const std::string& run, std::size_t rows, FinalRecords& records, Findings& findings) {
  const auto attempts_max =
      number_of(read_json(run + "/run.json").at("options").at("retry").as_object(), "attempts_max");
  for (auto& record : read_ndjson(run + "/results.ndjson")) {
    const auto row = number_of(record, "row");
    if (number_of(record, "attempts") > attempts_max) findings.add("row {}: more attempts than allowed", row);
    if (row < 1 || row > static_cast<std::int64_t>(rows)) {
      findings.add("a record of row {}, which the input does not have", row);
    } else if (!records.emplace(row, std::move(record)).second) {
      findings.add("row {} has two records", row);
    }
  }
}

void check_records(const std::vector<Customer>& input, const FinalRecords& records, const ServerRecord& server,
                   Findings& findings) {
  if (records.size() != input.size()) findings.add("{} rows, {} records", input.size(), records.size());
  std::unordered_map<std::string, const FinalRecords::value_type*> last_of_id;
  for (const auto& entry : records) {
    const Customer& customer = input[static_cast<std::size_t>(entry.first) - 1];
    check_record(entry.second, customer, server, findings);
    if (text_of(entry.second, "status") != "superseded") last_of_id[customer.id] = &entry;
  }
  for (const auto& [id, last] : last_of_id)
    if (text_of(last->second, "status") == "success")
      check_state(id, input[static_cast<std::size_t>(last->first) - 1], server, findings);
  check_order(input, server, findings);
}

}  // namespace

std::vector<Customer> make_customers(std::size_t count, unsigned seed) {
  std::mt19937_64 random(seed);
  std::vector<Customer> customers(count);
  for (std::size_t i = 0; i < count; ++i) {
    Customer& customer = customers[i];
    const auto a = random();
    customer.id = fmt::format("{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", a & 0xFFFFFFFF, a >> 48, a >> 36 & 0xFFF,
                              a >> 32 & 0xFFF, i + 1);
    customer.fields["name"] = fmt::format("{} {}", names[i % names.size()], i);
    customer.fields["phone"] = fmt::format("{:08}", random() % 100'000'000);
    customer.fields["email"] = fmt::format("customer{}@example.com", i);
    customer.fields["dial_code"] = "+852";
    customer.fields["company_name"] = fmt::format("Company \"{}\", Ltd.", i % 97);
  }
  return customers;
}

std::vector<Customer> make_customers_in_turns(std::size_t people, std::size_t rows_each) {
  const auto customers = make_customers(people);
  std::vector<Customer> rows;
  for (std::size_t i = 0; i < rows_each; ++i)
    for (const Customer& customer : customers) {
      rows.push_back(customer);
      rows.back().fields["name"] += fmt::format(" {}", i);
    }
  return rows;
}

std::string to_csv(const std::vector<Customer>& customers) {
  std::string csv = "id";
  for (const auto* field : fields) csv += fmt::format(",{}", field);
  csv += "\r\n";
  for (const auto& customer : customers) {
    csv += customer.id;
    for (const auto* field : fields) csv += "," + quoted(customer.fields.at(field));
    csv += "\r\n";
  }
  return csv;
}

std::vector<std::string> disagreements(const std::vector<Customer>& input, const std::string& run,
                                       const Simulator& simulator, int exit_code) {
  Findings findings;
  const ServerRecord server(simulator);
  FinalRecords records;
  read_run(run, input.size(), records, findings);
  check_records(input, records, server, findings);
  std::map<std::string, std::size_t> statuses;
  for (const auto& [row, record] : records) ++statuses[text_of(record, "status")];
  check_summary(run, input.size(), statuses, exit_code, findings);
  return findings.texts;
}

std::vector<std::string> disagreements_of_chain(const std::vector<Customer>& input,
                                                const std::vector<std::string>& runs, const Simulator& simulator) {
  Findings findings;
  const ServerRecord server(simulator);
  FinalRecords records;
  for (const auto& run : runs) {
    FinalRecords of_run;
    read_run(run, input.size(), of_run, findings);
    for (auto& [row, record] : of_run) {
      if (const auto before = records.find(row);
          before != records.end() && text_of(before->second, "status") == "success")
        findings.add("row {}: had succeeded, and was retried in {}", row, run);
      records[row] = std::move(record);
    }
  }
  check_records(input, records, server, findings);
  return findings.texts;
}

}  // namespace test
