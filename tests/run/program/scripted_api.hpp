// The API's answers about customers, for scripted servers.
#pragma once

#include <string>

#include "support/people.hpp"
#include "support/scripted_server.hpp"

namespace test {

/// The nth of the seed, but for its phone.
inline std::string customer_text(std::size_t n, const std::string& phone) {
  const Person one = person(n);
  return R"({"uuid":")" + uuid_of(n) + R"(","name":")" + one.name + R"(","phone":")" + phone + R"(","email":")" +
         one.email + R"(","reference_number":")" + one.reference + "\"}";
}

inline std::string one_customer(const std::string& customer) {
  return answer(200, R"({"code":200,"data":{"customer":)" + customer + "}}");
}

/// A connection on which the whole list is asked for, and nothing else.
inline Script whole_list(const std::string& customers, std::size_t total) {
  const std::string all = answer(200, R"({"code":200,"data":{"customers":[)" + customers + "]}}",
                                 "X-Total-Entries: " + std::to_string(total) + "\r\n");
  return [all](Peer& peer) {
    peer.expect(1);
    peer.send(all);
    peer.wait_for_end();
  };
}

}  // namespace test
