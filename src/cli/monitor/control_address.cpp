#include "cli/monitor/control_address.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace amend::cli {

ControlAddress::ControlAddress(const std::string& run_directory)
    : directory_(::open(run_directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
  if (directory_ < 0) throw std::system_error(errno, std::generic_category());
}

ControlAddress::~ControlAddress() { ::close(directory_); }

sockaddr_un ControlAddress::value(const char* name) const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  fmt::format("/proc/self/fd/{}/{}", directory_, name).copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

}  // namespace amend::cli
