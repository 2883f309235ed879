#include "cli/text/message_writer.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

using amend::cli::MessageWriter;
using namespace std::chrono_literals;

namespace {

// A pipe whose writer never gets a signal of its end. Its writing end stays open: a thread that is left may still write
// there, and its number must not become that of another pipe.
class Pipe {
 public:
  Pipe() {
    std::signal(SIGPIPE, SIG_IGN);  // as in amend: a thread that is left may write when the reader has gone
    REQUIRE(::pipe2(ends_.data(), O_CLOEXEC) == 0);
  }
  ~Pipe() { close_reader(); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int writer() const { return ends_[1]; }
  void close_reader() {
    if (ends_[0] >= 0) ::close(ends_[0]);
    ends_[0] = -1;
  }
  /// Until nothing more would go in.
  void fill() {
    ::fcntl(ends_[1], F_SETFL, O_NONBLOCK);
    const std::string received(4'096, 'x');
    while (::write(ends_[1], received.data(), received.size()) > 0) {
    }
    ::fcntl(ends_[1], F_SETFL, 0);
    filled_ = true;
  }
  /// All that is there, without what filled it.
  std::string read_all() {
    ::fcntl(ends_[0], F_SETFL, O_NONBLOCK);
    std::string out;
    std::array<char, 4'096> received{};
    for (ssize_t n = 0; (n = ::read(ends_[0], received.data(), received.size())) > 0;)
      for (const char c : std::string_view(received.data(), static_cast<std::size_t>(n)))
        if (!filled_ || c != 'x') out += c;
    return out;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
  bool filled_ = false;
};

int left_out(const std::string& text) {
  int sum = 0;
  for (auto at = text.find("\n("); at != std::string::npos; at = text.find("\n(", at + 1))
    sum += std::stoi(text.substr(at + 2));
  return sum;
}

}  // namespace

TEST_CASE("messages: what is written arrives whole and in order, from all threads") {
  Pipe pipe;
  MessageWriter writer(pipe.writer());
  std::vector<std::thread> threads;
  for (const char name : {'a', 'b', 'c'})
    threads.emplace_back([&writer, name] {
      for (int i = 0; i < 100; ++i) writer.write(std::string(10, name) + "\n");
    });
  for (auto& thread : threads) thread.join();
  REQUIRE(writer.drain(10s));
  const std::string text = pipe.read_all();
  CHECK(text.size() == 3 * 100 * 11);
  for (std::size_t at = 0; at < text.size(); at += 11) CHECK(text.substr(at, 11) == std::string(10, text[at]) + "\n");
}

TEST_CASE("messages: a reader that stands still holds up neither a message nor the end of its writer") {
  Pipe pipe;
  pipe.fill();
  {
    MessageWriter writer(pipe.writer());
    for (int i = 0; i < 100'000; ++i) writer.write("a message that is not read\n");
    writer.write_if_idle("progress\n");
    CHECK_FALSE(writer.drain(10ms));
  }
  pipe.read_all();  // the thread ends
}

TEST_CASE("messages: of those that wait too long the first are kept, and the others are counted where they were due") {
  Pipe pipe;
  pipe.fill();
  MessageWriter writer(pipe.writer(), 30);
  writer.write("first\n");
  // Until the thread has taken it there is room for fewer behind it.
  for (int i = 0; i < 100; ++i) writer.write(std::string(31, 'z') + "\n");
  std::string text;
  for (int i = 0; i < 1'000 && !writer.drain(1ms); ++i) text += pipe.read_all();
  writer.write("later\n");
  REQUIRE(writer.drain(10s));
  text += pipe.read_all();
  CAPTURE(text);
  CHECK(text.starts_with("first\n("));
  CHECK(text.ends_with(" not shown here: the terminal or pipe was too slow)\nlater\n"));
  CHECK(left_out(text) == 100);
}

TEST_CASE("messages: a reader that has left, or a descriptor that is closed, is no trouble") {
  Pipe pipe;
  pipe.close_reader();
  MessageWriter to_nobody(pipe.writer());
  MessageWriter to_closed(-1);
  for (MessageWriter* writer : {&to_nobody, &to_closed}) {
    for (int i = 0; i < 1'000; ++i) writer->write("a message\n");
    CHECK(writer->drain(10s));
  }
}

TEST_CASE("messages: one that another process made non-blocking gets everything all the same") {
  Pipe pipe;
  ::fcntl(pipe.writer(), F_SETFL, O_NONBLOCK);
  MessageWriter writer(pipe.writer(), 1'000'000);
  const std::string text(500'000, 'y');
  writer.write(text);
  std::string read;
  while (!writer.drain(1ms)) read += pipe.read_all();
  read += pipe.read_all();
  CHECK(read == text);
}
