// Runs a fuzz target without a fuzzer:
//   replay FOLDER           every file of the corpus, once
//   replay --random BYTES   BYTES random bytes, in inputs of up to 64 KiB; prints the seed, which the environment
//                           variable SEED sets
// ctest runs it, so that a fault that a fuzzer found stays repaired.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "target.hpp"

namespace {

void run(const std::string& bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

int replay_corpus(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  std::ranges::sort(files);
  for (const auto& path : files) {
    std::printf("%s\n", path.filename().c_str());
    std::fflush(stdout);  // the last line printed names what broke it
    std::ifstream file(path, std::ios::binary);
    run({std::istreambuf_iterator<char>(file), {}});
  }
  std::printf("%zu files\n", files.size());
  return files.empty() ? 1 : 0;
}

// Half of the bytes are those that mean something, or hardly an input would get beyond its first fault.
std::string random_input(std::mt19937_64& random, std::size_t size) {
  constexpr std::string_view meaningful = "\",\r\n;\t|{}[]:\\ 019eEunltrfas\xEF\xBB\xBF\xC3\xA9HTTP/1. OK";
  std::string bytes(size, '\0');
  for (char& byte : bytes) {
    const auto dice = random();
    byte = (dice & 0x100) != 0 ? static_cast<char>(dice) : meaningful[(dice >> 16) % meaningful.size()];
  }
  return bytes;
}

int replay_random(std::size_t bytes) {
  const char* const given = std::getenv("SEED");
  const std::uint64_t seed = given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::printf("SEED=%llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  std::mt19937_64 random(seed);
  for (std::size_t done = 0; done < bytes;) {
    const std::size_t size = std::min<std::size_t>(bytes - done, 1 + random() % 65'536);
    run(random_input(random, size));
    done += size;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 1) return replay_corpus(arguments[0]);
  if (arguments.size() == 2 && arguments[0] == "--random") return replay_random(std::stoul(arguments[1]));
  std::fprintf(stderr, "usage: replay FOLDER | --random BYTES\n");
  return 2;
}
