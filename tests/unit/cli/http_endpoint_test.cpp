#include "cli/monitor/http_endpoint.hpp"

#include <doctest/doctest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <optional>
#include <thread>

#include "run/program/client.hpp"
#include "support/turns.hpp"

using namespace amend::cli;
using test::Client;
using test::takes_less_than;

namespace {

constexpr std::size_t large = 8 * 1024 * 1024;  // more than a kernel holds for a client that does not read

// An endpoint whose every answer is a stream, on a thread of its own.
class Streaming {
 public:
  Streaming() {
    endpoint.emplace(context, "--dashboard", ListenAddress("127.0.0.1", 0), 24, [](const HttpRequest&) {
      HttpResponse answer(200, "text/event-stream", "first\n");
      answer.is_stream = true;
      return answer;
    });
    endpoint->start();
    thread = std::thread([this] { context.run(); });
  }
  ~Streaming() {
    close({});
    work.reset();
    thread.join();
  }

  template <class Action>
  auto on_its_thread(Action action) {
    std::packaged_task<decltype(action())()> task(std::move(action));
    auto result = task.get_future();
    boost::asio::post(context, [&task] { task(); });
    return result.get();
  }
  void publish(const std::string& piece) {
    on_its_thread([this, shared = std::make_shared<const std::string>(piece)] { endpoint->publish(shared); });
  }
  void close(std::string_view last) {
    on_its_thread([this, last] { endpoint->close(last); });
  }
  std::size_t streams() {
    return on_its_thread([this] { return endpoint->streams(); });
  }
  bool wait_for_streams(std::size_t count, std::chrono::seconds limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (streams() != count)
      if (std::chrono::steady_clock::now() > until) return false;
    return true;
  }
  Client client() {
    Client made = Client::of_port(endpoint->address().port);
    made.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    return made;
  }

  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{context.get_executor()};
  std::optional<HttpEndpoint> endpoint;
  std::thread thread;
};

std::size_t count_of(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("an endpoint: a further connection takes the place of the one that has been silent the longest") {
  boost::asio::io_context context{1};
  HttpEndpoint endpoint(context, "--metrics-listen", ListenAddress("127.0.0.1", 0), 4,
                        [](const HttpRequest&) { return HttpResponse(200, "text/plain", "here\n"); });
  endpoint.start();
  std::thread thread([&context] { context.run(); });
  // Silent ones are let go after 5 s: whoever waits for that is never this quick, but a busy machine may not be either.
  CHECK(takes_less_than(std::chrono::seconds(2), [&] {
    std::vector<Client> silent;
    for (int i = 0; i < 60; ++i) silent.push_back(Client::of_port(endpoint.address().port));
    silent.back().send("GET / HTT");  // as good as silent
    for (int i = 0; i < 10; ++i) {
      Client client = Client::of_port(endpoint.address().port);
      client.send("GET / HTTP/1.0\r\n\r\n");
      CHECK(client.receive().ends_with("here\n"));
    }
  }));
  boost::asio::post(context, [&endpoint] { endpoint.close(); });
  thread.join();
}

TEST_CASE("a stream: its client is given each piece, and the last one before it is let go") {
  Streaming streaming;
  const Client client = streaming.client();
  CHECK(client.receive("first\n").starts_with("HTTP/1.1 200 "));
  streaming.publish("second\n");
  CHECK(client.receive("\n") == "second\n");
  streaming.close("last\n");
  CHECK(client.receive() == "last\n");
}

TEST_CASE("a stream: whoever does not read misses what comes, is kept no piece beyond one, and is let go after 5 s") {
  Streaming streaming;
  const Client idle = streaming.client();
  const Client awake = streaming.client();
  CHECK(awake.receive("first\n").ends_with("first\n"));
  REQUIRE(streaming.wait_for_streams(2, std::chrono::seconds(20)));
  CHECK(idle.receive("first\n").ends_with("first\n"));
  std::thread reader([&] { CHECK(awake.receive("lastly").find("lastly") == large + 1); });
  streaming.publish("a" + std::string(large, 'x'));
  for (int i = 0; i < 10; ++i) streaming.publish("lastly");
  while (streaming.streams() == 2) streaming.publish("lastly");
  reader.join();
  CHECK(streaming.streams() == 1);
  const std::string taken = idle.receive();
  CHECK(taken.size() < large);
  CHECK(count_of(taken, "lastly") == 0);
}

TEST_CASE("a stream: whoever does not read does not hold up the end") {
  CHECK(takes_less_than(std::chrono::seconds(2), [] {
    Streaming streaming;
    const Client idle = streaming.client();
    REQUIRE(streaming.wait_for_streams(1, std::chrono::seconds(20)));
    streaming.publish(std::string(large, 'x'));
    streaming.close(std::string(large, 'y'));
    CHECK(streaming.streams() == 0);
  }));
}

TEST_CASE("a stream: a client that leaves, or talks on, is noticed without anything being sent") {
  Streaming streaming;
  {
    const Client gone = streaming.client();
    CHECK(gone.receive("first\n").ends_with("first\n"));
    gone.send(std::string(100'000, 'z'));
    streaming.publish("second\n");
    CHECK(gone.receive("second\n") == "second\n");
  }
  CHECK(streaming.wait_for_streams(0, std::chrono::seconds(20)));
}
