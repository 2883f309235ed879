// Updates customers from a program of your own, with the library.
//
//   update_customers FILE URL APP_ID PRIVATE_KEY_FILE CA_FILE RUN_DIRECTORY
//
// Ends with amend's own exit codes.
#include <cstdlib>
#include <exception>
#include <iostream>

#include "amend/pipeline.hpp"

namespace {

amend::Config config_from(char** arguments) {
  amend::Config config;
  config.input.file = arguments[1];
  config.target.url = arguments[2];
  config.auth.app_id = arguments[3];
  config.auth.private_key_file = arguments[4];
  config.target.ca_file = arguments[5];
  config.run_directory = arguments[6];
  config.pace.rate.interval = std::chrono::milliseconds(5);  // 200 requests a second
  return config;
}

int update(const amend::Config& config) {
  amend::validate(config);
  amend::Pipeline pipeline(config, amend::load_credentials(config.auth));
  for (const auto& line : pipeline.plan().mapping) std::cout << line << '\n';

  const amend::Summary summary = pipeline.run();
  std::cout << summary.rows_read << " rows, " << summary.rows(amend::Status::success) << " updated, "
            << summary.rows(amend::Status::rejected) << " rejected; log in " << summary.run_directory << '\n';
  for (const auto& error : summary.errors)
    std::cout << error.count << " x " << error.code << ", first in line " << error.line << '\n';
  return static_cast<int>(summary.exit_code);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) {
    std::cerr << "usage: update_customers FILE URL APP_ID PRIVATE_KEY_FILE CA_FILE RUN_DIRECTORY\n";
    return static_cast<int>(amend::ExitCode::usage);
  }
  try {
    return update(config_from(argv));
  } catch (const amend::ConfigError& e) {
    std::cerr << e.what() << '\n';
    return static_cast<int>(e.exit_code());
  } catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return EXIT_FAILURE;
  }
}
