#include "amend/wonder/secret_file.hpp"

#include <doctest/doctest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "amend/error.hpp"

using namespace amend;
using amend::wonder::read_secret_file;

namespace {

constexpr const char* secret = "hunter2-very-secret";

class Directory {
 public:
  Directory() {
    std::string name = "/tmp/amend-secret-XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Directory() {
    for (const char* name : {"key", "pipe", "it's"}) ::unlink((path_ + "/" + name).c_str());
    ::rmdir(path_.c_str());
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  std::string file(const std::string& content, mode_t mode, const std::string& name = "key") const {
    const std::string path = path_ + "/" + name;
    ::unlink(path.c_str());
    std::ofstream(path) << content;
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    return path;
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string file_refusal(const std::string& path) {
  try {
    read_secret_file(path, "--private-key");
  } catch (const ConfigError& error) {
    const std::string message = error.what();
    CHECK(message.starts_with("--private-key "));
    CHECK(message.find(secret) == std::string::npos);
    return message;
  }
  return "accepted";
}

}  // namespace

TEST_CASE("secret_file: a file that only its owner can use is read byte for byte") {
  const Directory directory;
  const std::string content = std::string("a\0b\r\n", 5) + secret;
  CHECK(read_secret_file(directory.file(content, 0600), "--x") == content);
  CHECK(read_secret_file(directory.file(content, 0400), "--x") == content);
  CHECK(read_secret_file(directory.file("", 0600), "--x").empty());
}

TEST_CASE("secret_file: any right of group or world refuses it and names the command that helps") {
  const Directory directory;
  for (const mode_t bit : {0040U, 0020U, 0010U, 0004U, 0002U, 0001U}) {
    CAPTURE(bit);
    const std::string path = directory.file(secret, 0600 | bit);
    CHECK(file_refusal(path).find("chmod 600 " + amend::shell_quoted(path)) != std::string::npos);
  }
  CHECK(file_refusal(directory.file(secret, 0644)).find("mode 0644") != std::string::npos);
  CHECK(file_refusal(directory.file(secret, 0644, "it's")).find("/it'\\''s'") != std::string::npos);
}

TEST_CASE("secret_file: what is no small regular file is refused and never waited for") {
  const Directory directory;
  CHECK(file_refusal(directory.path() + "/absent").find("No such file") != std::string::npos);
  CHECK(file_refusal(directory.path()).find("not a regular file") != std::string::npos);
  const std::string pipe = directory.path() + "/pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(file_refusal(pipe).find("not a regular file") != std::string::npos);
  CHECK(file_refusal(directory.file(std::string(64 * 1024, 'x'), 0600)) == "accepted");
  CHECK(file_refusal(directory.file(std::string(64 * 1024 + 1, 'x'), 0600)).find("larger than 64 KiB") !=
        std::string::npos);
}

TEST_CASE("secret_file: after forbid_core_dumps the process cannot dump its memory") {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    wonder::forbid_core_dumps();
    rlimit limit{1, 1};
    const bool off = ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 && ::getrlimit(RLIMIT_CORE, &limit) == 0 &&
                     limit.rlim_cur == 0 && limit.rlim_max == 0;
    ::_exit(off ? 0 : 1);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
