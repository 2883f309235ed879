#include "run/append_file.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "unit/reporter/fixture.hpp"

namespace amend {
namespace {

using test::TemporaryDirectory;

constexpr std::size_t MiB = 1U << 20;
constexpr auto tmpfs = 0x0102'1994;  // its files are its cache

bool keeps_files_in_memory(const std::string& folder) {
  struct statfs info {};
  REQUIRE(::statfs(folder.c_str(), &info) == 0);
  return info.f_type == tmpfs;
}

std::size_t cached_bytes_of(const std::string& file, std::size_t bytes) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  REQUIRE(descriptor >= 0);
  void* const mapped = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, descriptor, 0);
  REQUIRE(mapped != MAP_FAILED);
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  std::vector<unsigned char> resident(bytes / page);
  REQUIRE(::mincore(mapped, bytes, resident.data()) == 0);
  ::munmap(mapped, bytes);
  ::close(descriptor);
  return page * static_cast<std::size_t>(std::ranges::count_if(resident, [](auto flags) { return (flags & 1) != 0; }));
}

TEST_CASE("append_file: however long a log grows, the kernel keeps some MiB of it in memory") {
  const TemporaryDirectory folder;
  const RunDirectory run(folder / "run");
  AppendFile file(run, "log");
  const std::string batch(MiB, 'x');
  for (int n = 0; n < 64; ++n) {
    file.write(batch);
    file.flush();
  }
  CHECK((keeps_files_in_memory(run.path()) || cached_bytes_of(run.path("log"), 64 * MiB) <= 16 * MiB));
}

}  // namespace
}  // namespace amend
