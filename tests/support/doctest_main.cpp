#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <sys/single_threaded.h>

#include <algorithm>
#include <iostream>
#include <string_view>

// With `--one-thread` a test that started a thread fails: the files of ONE_THREAD (tests/CMakeLists.txt) are not tested
// under ThreadSanitizer.
int main(int count, char** arguments) {
  const int code = doctest::Context(count, arguments).run();
  const bool one_thread = std::find(arguments, arguments + count, std::string_view("--one-thread")) != arguments + count;
  if (!one_thread || __libc_single_threaded) return code;
  std::cerr << "one of these tests started a thread: take its file out of ONE_THREAD\n";
  return 1;
}
