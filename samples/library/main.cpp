// Updates customers from a program of your own, with the library.
//
//   update_customers update FILE RUN [ROWS]   sends the rows of FILE, at most ROWS of them
//   update_customers resume RUN               sends the rows of FILE that have no result
//   update_customers reconcile FILE RUN       compares FILE with the API and sends what differs
//   update_customers undo RUN                 restores what a reconciliation has overwritten
//
// update and reconcile read URL, APP_ID, PRIVATE_KEY_FILE and CA_FILE from the environment. The program ends with amend's
// own exit codes.
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "amend/reconciliation.hpp"
#include "amend/run.hpp"

namespace {

using Arguments = std::vector<std::string>;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

amend::Config config_for(const std::string& file, const std::string& run) {
  amend::Config config;
  config.input.file = file;
  config.target.url = variable("URL");
  config.auth.app_id = variable("APP_ID");
  config.auth.private_key_file = variable("PRIVATE_KEY_FILE");
  config.target.ca_file = variable("CA_FILE");
  config.run_directory = run;
  config.load.rate.interval = std::chrono::milliseconds(5);  // 200 requests per second
  return config;
}

amend::Summary update(const Arguments& words) {
  amend::Config config = config_for(words.at(1), words.at(2));
  if (words.size() > 3) config.input.limit = std::stoull(words[3]);
  amend::Input input(config, amend::load_credentials(config.auth));
  for (const auto& line : input.plan().mapping) std::cout << line << '\n';
  return amend::execute(amend::make_update(std::move(input)));
}

amend::Summary resume(const Arguments& words) {
  amend::Config config = amend::read_run(words.at(1)).config;
  config.run_directory = words[1];
  config.input.limit = 0;
  amend::Input input(config, amend::load_credentials(config.auth));
  amend::ResumedJob resumed = amend::make_resume(std::move(input));
  std::cout << resumed.report.rows_left << " rows are left\n";
  return amend::execute(std::move(resumed.job));
}

amend::Summary send_differences(const amend::Config& config) {
  amend::Reconciliation reconciliation(config, amend::load_credentials(config.auth));
  amend::Reconciled reconciled = reconciliation.run();
  std::cout << reconciled.report.count(amend::RowSign::differs) << " rows differ\n";
  return amend::execute(amend::make_apply(std::move(reconciled)));
}

amend::Summary reconcile(const Arguments& words) {
  amend::Config config = amend::reconcile_config(config_for(words.at(1), words.at(2)));
  config.reconcile.apply = true;
  return send_differences(config);
}

amend::Summary undo(const Arguments& words) { return send_differences(amend::undo_config(words.at(1))); }

amend::Summary carry_out(const Arguments& words) {
  if (words.at(0) == "update") return update(words);
  if (words[0] == "resume") return resume(words);
  if (words[0] == "reconcile") return reconcile(words);
  if (words[0] == "undo") return undo(words);
  throw amend::ConfigError("there is no command " + words[0]);
}

void print(const amend::Summary& summary) {
  std::cout << summary.rows_read << " rows, " << summary.rows(amend::Status::success) << " updated, "
            << summary.rows(amend::Status::rejected) << " rejected; log in " << summary.run_directory << '\n';
  for (const auto& error : summary.errors)
    std::cout << error.count << " x " << error.code << ", first in line " << error.line << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const amend::Summary summary = carry_out(Arguments(argv + 1, argv + argc));
    print(summary);
    return static_cast<int>(summary.exit_code);
  } catch (const std::out_of_range&) {
    std::cerr << "usage: update_customers update FILE RUN [ROWS] | resume RUN | reconcile FILE RUN | undo RUN\n";
    return static_cast<int>(amend::ExitCode::usage);
  } catch (const amend::ConfigError& e) {
    std::cerr << e.what() << '\n';
    return static_cast<int>(e.exit_code());
  } catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return EXIT_FAILURE;
  }
}
