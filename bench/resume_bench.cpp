// Measures the time and the memory of `amend resume` for a run whose rows are all finished. `amend check` of the same
// file, which only reads it, is the reference.
//   resume_bench AMEND [ROWS]   default 10,000,000 rows (1.6 GB of input, 3.6 GB of log, below the temporary directory)
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "amend/row/batch.hpp"
#include "amend/run/result_log.hpp"
#include "amend/run/run_directory.hpp"
#include "amend/run/summary.hpp"
#include "rows.hpp"

namespace {

namespace fs = std::filesystem;

constexpr int turns = 3;
constexpr unsigned lot_rows = 1000;

/// A finished run of `rows` rows over an input, without a server. Removed at the end.
class FinishedRun final : public amend::BatchOwner {
 public:
  explicit FinishedRun(unsigned rows) {
    fs::create_directory(dir_);
    const amend::RunDirectory directory(run());
    directory.write_file("run.json", head());
    const auto log = amend::open_result_log(directory);
    std::ofstream csv(input(), std::ios::binary);
    csv << bench::header;
    for (unsigned row = 1; row <= rows; row += lot_rows) write(csv, *log, row, std::min(row + lot_rows, rows + 1));
    log->close();
  }
  ~FinishedRun() { fs::remove_all(dir_); }
  FinishedRun(const FinishedRun&) = delete;
  FinishedRun& operator=(const FinishedRun&) = delete;
  void reclaim(amend::Batch*) noexcept override {}

  std::string input() const { return dir_ + "/customers.csv"; }
  std::string run() const { return dir_ + "/run"; }

 private:
  std::string head() const {
    amend::Config config;
    config.target.url = "http://127.0.0.1:9";  // nothing is left to be sent there
    config.auth.kind = amend::Auth::none;
    config.input.file = input();
    amend::InputIdentity identity;
    identity.path = input();
    identity.format = amend::Format::csv;
    return amend::run_json(config, identity, std::chrono::system_clock::now());
  }

  void write(std::ofstream& csv, amend::Sink& log, unsigned first, unsigned end) {
    amend::Batch batch(*this);
    batch.clear(0);
    std::vector<amend::Outcome> outcomes;
    for (unsigned row = first; row < end; ++row) {
      std::string text = bench::row(row);
      while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
      csv << text << "\r\n";
      amend::Update update;
      update.position = amend::Position(row, row + 1, 0);
      const auto begin = batch.arena().size();
      batch.arena() += text;
      update.raw = batch.slice_from(begin);
      update.id = update.raw;
      update.id.size = 36;
      batch.push_back(update);
    }
    for (unsigned i = 0; i < end - first; ++i) {
      amend::Outcome& outcome = outcomes.emplace_back(amend::RowRef(batch, i), amend::Status::success);
      outcome.http = 200;
      outcome.attempts = 1;
    }
    log.write(outcomes);
  }

  std::string dir_ = (fs::temp_directory_path() / ("amend-bench-" + std::to_string(::getpid()))).string();
};

class Measured {
 public:
  double seconds = 0;
  double mebibytes = 0;  ///< resident at most
};

Measured measure(std::vector<std::string> command) {
  std::vector<char*> arguments;
  for (auto& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  int status = 0;
  rusage usage{};
  if (child < 0 || ::wait4(child, &status, 0, &usage) != child || status != 0) {
    std::fprintf(stderr, "%s %s failed\n", command[0].c_str(), command[1].c_str());
    std::exit(1);
  }
  Measured measured;
  measured.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  measured.mebibytes = static_cast<double>(usage.ru_maxrss) / 1024;
  return measured;
}

void report(const char* name, std::vector<Measured> measured, unsigned rows) {
  std::ranges::sort(measured, {}, &Measured::seconds);
  const Measured& median = measured[measured.size() / 2];
  std::printf("%-13s median %.2f s (%.2f to %.2f): %.2f million rows/s, %.0f MiB at most\n", name, median.seconds,
              measured.front().seconds, measured.back().seconds, rows / median.seconds / 1e6, median.mebibytes);
}

}  // namespace

int main(int count, char** words) {
  if (count < 2 || count > 3) {
    std::fprintf(stderr, "usage: %s AMEND [ROWS]\n", words[0]);
    return 2;
  }
  const unsigned rows = count == 3 ? static_cast<unsigned>(std::strtoul(words[2], nullptr, 10)) : 10'000'000;
  const std::string amend = words[1];
  const FinishedRun finished(rows);
  std::vector<Measured> check;
  std::vector<Measured> resume;
  for (int i = 0; i < turns; ++i) {
    check.push_back(measure({amend, "check", finished.input(), "--quiet"}));
    resume.push_back(measure({amend, "resume", finished.run(), "--quiet"}));
  }
  std::printf("%u rows, all of them finished\n", rows);
  report("amend check", check, rows);
  report("amend resume", resume, rows);
}
