// Customers with numbers, as the API holds them and as a CRM exports them.
#pragma once

#include <string>
#include <vector>

namespace test {

class Person {
 public:
  Person() = default;
  std::string reference, name, phone, email;
};

inline std::string uuid_of(std::size_t n) {
  const std::string digits = std::to_string(n);
  return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

inline std::string seed_of(std::size_t count) {
  std::string text =
      "uuid,name,phone,email,company_name,reference_number,default_payment_method,default_payment_token\n";
  for (std::size_t n = 0; n < count; ++n) {
    const std::string number = std::to_string(n);
    const bool card = n % 3 == 0;
    text += uuid_of(n) + ",Name " + number + ",9" + number + ",c" + number + "@example.com,Ltd,R-" + number +
            (card ? ",Credit Card," + uuid_of(n + 500'000) : std::string(",,")) + "\n";
  }
  return text;
}

inline Person person(std::size_t n) {
  const std::string number = std::to_string(n);
  Person out;
  out.reference = "R-" + number;
  out.name = "Name " + number;
  out.phone = "9" + number;
  out.email = "c" + number + "@example.com";
  return out;
}

// Those of the seed by their uuids.
inline std::string export_by_id_of(const std::vector<Person>& people) {
  std::string text = "id,phone\n";
  for (const Person& one : people) text += uuid_of(std::stoul(one.reference.substr(2))) + "," + one.phone + "\n";
  return text;
}

inline std::string export_of(const std::vector<Person>& people) {
  std::string text = "reference_number,name,phone,email\n";
  for (const Person& one : people) text += one.reference + "," + one.name + "," + one.phone + "," + one.email + "\n";
  return text;
}

}  // namespace test
