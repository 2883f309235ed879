// Values of many countries that this project did not make: none of them is damaged. Skipped where the packages that
// make them are not installed (samples/install-packages.sh --tests).
#include <doctest/doctest.h>

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <iostream>
#include <map>
#include <string>

#include "reader/mapping/value_finding.hpp"

using namespace amend;

namespace {

// All that the command prints; `status`: as it ended.
std::string output_of(const std::string& command, int& status) {
  FILE* const pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string out;
  std::array<char, 65'536> buffer{};
  for (std::size_t size = 1; size > 0; out.append(buffer.data(), size))
    size = std::fread(buffer.data(), 1, buffer.size(), pipe);
  status = WEXITSTATUS(::pclose(pipe));
  return out;
}

}  // namespace

TEST_CASE("false alarms: no name, company, email or phone of many countries is taken for damaged") {
  int status = 0;
  const std::string text = output_of("PYTHONIOENCODING=utf-8 /usr/bin/python3 " AMEND_TEST_DATA
                                     "/../harsh/false_alarms/values.py 2>/dev/null",
                                     status);
  if (status != 0) {
    std::cout << "SKIPPED: python3-phonenumbers and python3-fake-factory are not installed" << std::endl;
    return;
  }
  std::map<std::string, std::size_t> values;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    const std::string field = line.substr(0, line.find('\t'));
    const std::string value = line.substr(field.size() + 1);
    const ValueFinding finding = look_at_value(role_of(field), value);
    ++values[field];
    if (finding == ValueFinding::none) continue;
    CAPTURE(line);
    CAPTURE(rule_of(finding).code);
    CHECK(rule_of(finding).degree == Degree::hint);
  }
  CHECK(values["phone"] > 4'000);
  for (const char* field : {"name", "company_name", "email"}) CHECK(values[field] > 2'000);
}
