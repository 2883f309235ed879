// A look-up of a name that hangs delays nothing else. Names that end in ".hanging" are this program's own: it replaces
// the system's look-up and lets them wait.
#include <dlfcn.h>
#include <doctest/doctest.h>
#include <netdb.h>
#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <string_view>

#include "amend/error.hpp"
#include "unit/transport/session_client.hpp"

using namespace amend;
using namespace std::chrono_literals;
using namespace test;

namespace {

// How far look-ups of names that hang have come.
class Hanging {
 public:
  int wait() {
    std::unique_lock lock(mutex_);
    ++begun_;
    ++waiting_;
    changed_.wait(lock, [this] { return !closed_; });
    --waiting_;
    changed_.notify_all();
    return code_;
  }
  /// From here on they end with this code, those that wait included; 0: with 127.0.0.1.
  void end_with(int code) {
    std::unique_lock lock(mutex_);
    code_ = code;
    closed_ = false;
    changed_.notify_all();
    changed_.wait(lock, [this] { return waiting_ == 0; });
  }
  /// From here on they wait.
  void hang() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  int begun() {
    const std::lock_guard lock(mutex_);
    return begun_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closed_ = true;
  int begun_ = 0;
  int waiting_ = 0;
  int code_ = 0;
};

// Never destroyed: a look-up that still hangs outlives main.
Hanging& hanging() {
  static auto* const one = new Hanging;
  return *one;
}

ClientSetup to_hanging(const std::string& port) {
  ClientSetup setup("http://api.hanging:" + port);
  setup.target.allow_plain_http = true;
  return setup;
}

// While it lives, the system has no thread to give: a stack of this size does not fit in memory.
class NoThreads {
 public:
  NoThreads() {
    ::pthread_getattr_default_np(&before_);
    pthread_attr_t attributes;
    ::pthread_attr_init(&attributes);
    ::pthread_attr_setstacksize(&attributes, std::size_t{1} << 47);
    REQUIRE(::pthread_setattr_default_np(&attributes) == 0);
    ::pthread_attr_destroy(&attributes);
  }
  ~NoThreads() {
    ::pthread_setattr_default_np(&before_);
    ::pthread_attr_destroy(&before_);
  }
  NoThreads(const NoThreads&) = delete;
  NoThreads& operator=(const NoThreads&) = delete;

 private:
  pthread_attr_t before_{};
};

}  // namespace

extern "C" int getaddrinfo(const char* host, const char* port, const addrinfo* wanted, addrinfo** found) {
  using LookUp = int(const char*, const char*, const addrinfo*, addrinfo**);
  static auto* const real = reinterpret_cast<LookUp*>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (!host || !std::string_view(host).ends_with(".hanging")) return real(host, port, wanted, found);
  const int code = hanging().wait();
  return code != 0 ? code : real("127.0.0.1", port, wanted, found);
}

TEST_CASE("name look-up: close() ends an open() whose look-up hangs, and the end of its thread is not waited for") {
  hanging().hang();
  {
    SessionClient client(to_hanging("1"));
    const Opened opened = client.close_while_opening();
    CHECK(opened.error == OpenError::unreachable);
    CHECK(opened.text == "api.hanging: closed by us");
  }
  hanging().end_with(0);  // it hangs until now
}

TEST_CASE("name look-up: one that takes longer than the connect deadline is a failure that names it") {
  hanging().hang();
  ClientSetup setup = to_hanging("1");
  setup.deadline.connect = 20ms;
  SessionClient client(setup);
  const Opened opened = client.open();
  CHECK(opened.error == OpenError::timeout);
  CHECK(opened.text == "api.hanging: the name look-up takes longer than 20 ms (--connect-timeout)");
  hanging().end_with(0);
}

TEST_CASE("name look-up: a later open() waits for the look-up that is under way, and takes what it finds") {
  hanging().hang();
  ScriptedServer server({[](Peer& peer) { peer.wait_for_end(); }});
  ClientSetup setup = to_hanging(server.port());
  setup.deadline.connect = 20ms;
  SessionClient client(setup);
  const int before = hanging().begun();
  for (int i = 0; i < 5; ++i) CHECK(client.open().error == OpenError::timeout);
  CHECK(hanging().begun() == before + 1);
  hanging().end_with(0);
  Opened opened = client.open();
  for (int i = 0; i < 100 && opened.error == OpenError::timeout; ++i) opened = client.open();
  CHECK(opened.error == OpenError::none);
  CHECK(client->peer() == "127.0.0.1:" + server.port());
  CHECK(hanging().begun() == before + 1);
}

TEST_CASE("name look-up: no thread for it is an error, after which the next one succeeds") {
  hanging().end_with(0);
  ScriptedServer server({[](Peer& peer) { peer.wait_for_end(); }});
  SessionClient client(to_hanging(server.port()));
  {
    const NoThreads none;
    CHECK_THROWS_WITH_AS(static_cast<void>(client.open()), "cannot start a thread: Resource temporarily unavailable",
                         ThreadError);
  }
  CHECK(client.open().error == OpenError::none);
}

TEST_CASE("name look-up: what the system says of a name decides whether an operator is needed") {
  struct Row {
    int code;
    OpenError error;
    std::string text;
  };
  const std::string failed = "api.hanging: the name look-up failed: ";
  const std::vector<Row> rows{{EAI_NONAME, OpenError::no_such_host, "api.hanging: no such host"},
                              {EAI_NODATA, OpenError::no_such_host, "api.hanging: no such host"},
                              {EAI_ADDRFAMILY, OpenError::no_such_host, "api.hanging: no such host"},
                              {EAI_AGAIN, OpenError::unreachable, failed + ::gai_strerror(EAI_AGAIN)},
                              {EAI_FAIL, OpenError::unreachable, failed + ::gai_strerror(EAI_FAIL)},
                              {EAI_MEMORY, OpenError::unreachable, failed + ::gai_strerror(EAI_MEMORY)}};
  for (const Row& row : rows) {
    CAPTURE(row.code);
    hanging().end_with(row.code);
    SessionClient client(to_hanging("1"));
    const Opened opened = client.open();
    CHECK(opened.error == row.error);
    CHECK(opened.text == row.text);
  }
}

TEST_CASE("name look-up: --ipv4 is named where it may be the reason that no address is found") {
  for (const std::string host : {"api.hanging", "[::1]"}) {
    CAPTURE(host);
    ClientSetup setup("http://" + host + ":1");
    setup.target.allow_plain_http = true;
    setup.target.ipv4_only = true;
    hanging().end_with(EAI_NONAME);
    SessionClient client(setup);
    const Opened opened = client.open();
    CHECK(opened.error == OpenError::no_such_host);
    CHECK(opened.text.ends_with(": no such host, or it has no IPv4 address (--ipv4 uses IPv4 only)"));
  }
}
