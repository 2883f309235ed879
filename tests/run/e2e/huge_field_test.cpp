// A file with a field that is far too large: memory stays bounded, and only that row is lost.
#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <boost/json/parse.hpp>
#include <fstream>
#include <thread>

#include "support/checker.hpp"
#include "support/run_files.hpp"

using namespace test;

namespace {

constexpr std::uint64_t huge = 256ULL << 20;

// Writes into a FIFO: half of the rows, a row with a field of 256 MiB, the other half. Until the reader goes away.
class HugeFile {
 public:
  HugeFile(const std::string& path, const std::string& rows, std::uint64_t bytes)
      : writer_([=] { write(path, rows, bytes); }) {}
  ~HugeFile() { writer_.join(); }

 private:
  static void write(const std::string& path, const std::string& rows, std::uint64_t bytes) {
    std::ofstream out(path, std::ios::binary);
    out << "id,name,phone,email,dial_code,company_name\r\n";
    const std::string filling(1 << 20, 'x');
    for (std::uint64_t written = 0; written < bytes / 2; written += rows.size()) out << rows;
    out << "3f2504e0-4f89-41d3-9a0c-0305e82c3301,\"";
    for (std::uint64_t written = 0; written < huge; written += filling.size()) out << filling;
    out << "\",5,,,\r\n";
    for (std::uint64_t written = 0; written < bytes / 2; written += rows.size()) out << rows;
  }

  std::thread writer_;
};

// Of all children that have ended.
std::int64_t peak_mib() {
  rusage usage{};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  return usage.ru_maxrss / 1024;
}

std::string rows_of(const std::vector<Customer>& customers) {
  const std::string text = to_csv(customers);
  return text.substr(text.find('\n') + 1);
}

}  // namespace

TEST_CASE("check: a field of 256 MiB among millions of rows costs its row, and memory stays under 64 MiB") {
  const TempDir dir;
  REQUIRE(::mkfifo(dir.file("huge.csv").c_str(), 0600) == 0);
  // 1 MiB of rows repeatedly, so each customer has many rows, which is a finding too.
  const std::string rows = rows_of(make_customers(8'000));
  const HugeFile file(dir.file("huge.csv"), rows, 2 * huge);
  const Finished finished = run({AMEND_PROGRAM, "check", dir.file("huge.csv"), "--json", "--quiet"});
  CAPTURE(finished.err);
  CHECK(finished.code == 1);
  const auto report = boost::json::parse(finished.out).as_object();
  const auto half = static_cast<std::int64_t>((huge + rows.size() - 1) / rows.size() * 8'000);
  CHECK(number_of(report, "rows") == 2 * half + 1);
  CHECK(number_of(report, "to_send") == 2 * half);
  const auto& rejected = report.at("rejected").as_array();
  REQUIRE(rejected.size() == 1);
  CHECK(rejected[0].at("code") == "input.row.too_large");
  CHECK(rejected[0].at("rows") == 1);
  CHECK(rejected[0].at("first").at(0).at("row") == half + 1);
  CHECK(rejected[0].at("first").at(0).at("line") == half + 2);
  CHECK(report.at("duplicates").at("exact") == false);  // millions of ids are more than the check remembers
  CHECK(peak_mib() < 64);
}

TEST_CASE("update: rows around a field of 256 MiB arrive as they are, and memory stays under 64 MiB") {
  const TempDir dir;
  REQUIRE(::mkfifo(dir.file("huge.csv").c_str(), 0600) == 0);
  const auto customers = make_customers(2'000);
  const HugeFile file(dir.file("huge.csv"), rows_of(customers), 2);
  Simulator simulator;
  const Finished finished =
      run(update_command(simulator.url(), dir.file("huge.csv"), dir.file("run"), {"--rate", "unlimited"}));
  simulator.stop();
  CAPTURE(finished.err);
  CHECK(finished.code == 1);
  CHECK(count_status(dir.file("run"), "success") == 4'000);
  const auto record = record_of(dir.file("run"), 2'001);
  CHECK(text_of(record, "error_code") == "input.row.too_large");
  CHECK(number_of(record, "line") == 2'002);
  CHECK(peak_mib() < 64);
}
