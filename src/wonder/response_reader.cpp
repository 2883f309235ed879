#include "response_reader.hpp"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>

#include "wonder/envelope.hpp"

namespace amend::wonder {
namespace {

constexpr std::size_t json_depth_max = 32;

constexpr std::size_t key_bytes_max = 64;  // longer than any key of the table

struct MemberPlace {
  Member inside;
  std::string_view key;
  Member member;
};

constexpr std::array place_table{
    MemberPlace{Member::root, "code", Member::code},
    MemberPlace{Member::root, "message", Member::message},
    MemberPlace{Member::root, "error_code", Member::error_code},
    MemberPlace{Member::root, "error_message", Member::error_message},
    MemberPlace{Member::root, "data", Member::data},
    MemberPlace{Member::data, "customer", Member::customer},
    MemberPlace{Member::customer, "uuid", Member::uuid},
    MemberPlace{Member::customer, "reference_number", Member::reference_number},
    MemberPlace{Member::customer, "default_payment_token", Member::token},
    MemberPlace{Member::token, "error_code", Member::token_error_code},
    MemberPlace{Member::token, "error_msg", Member::token_error_message},
};

Member find_member(Member inside, std::string_view key) noexcept {
  if (inside == Member::none) return Member::none;
  for (const MemberPlace& place : place_table) {
    if (place.inside == inside && place.key == key) return place.member;
  }
  return Member::none;
}

// The texts of an error decide nothing.
bool decides(Member member) noexcept {
  return member != Member::message && member != Member::error_message && member != Member::token_error_message;
}

boost::json::parse_options options() {
  boost::json::parse_options out;
  out.max_depth = json_depth_max;
  return out;
}

}  // namespace

std::string_view to_string(Member member) noexcept {
  const auto place = std::ranges::find(place_table, member, &MemberPlace::member);
  return place == place_table.end() ? std::string_view() : place->key;
}

void MemberHandler::clear() noexcept {
  for (Value& value : values_) value.clear();
  depth_ = 0;
  next_ = Member::none;
  twice_ = Member::none;
  root_ = Kind::absent;
  in_text_ = false;
  key_.clear();
}

bool MemberHandler::on_key_part(piece part, std::size_t, error_code&) {
  if (key_.size() <= key_bytes_max) key_.append(part.data(), part.size());
  return true;
}

bool MemberHandler::on_key(piece part, std::size_t, error_code&) {
  const std::string_view last(part.data(), part.size());
  const Member inside = inside_[depth_ - 1];
  if (key_.empty()) {
    next_ = find_member(inside, last);
  } else {
    key_.append(last);
    next_ = find_member(inside, key_);
    key_.clear();
  }
  return true;
}

// Returns the value to fill, or nullptr for a member that is not needed. A repeated member replaces its earlier values.
Value* MemberHandler::begin_value(Kind kind) {
  if (depth_ == 0) root_ = kind;
  if (next_ == Member::none) return nullptr;
  const bool again = values_[static_cast<std::size_t>(next_)].kind != Kind::absent;
  if (again && twice_ == Member::none && decides(next_)) twice_ = next_;
  if (next_ == Member::data || next_ == Member::customer || next_ == Member::token) {
    for (auto i = static_cast<std::size_t>(next_); i < member_count; ++i) values_[i].clear();
  }
  Value& value = values_[static_cast<std::size_t>(next_)];
  value.clear();
  value.kind = kind;
  return &value;
}

bool MemberHandler::enter(Kind kind) {
  const Member member = depth_ == 0 ? Member::root : next_;
  begin_value(kind);
  if (depth_ == depth_max) return false;
  inside_[depth_++] = kind == Kind::object ? member : Member::none;
  next_ = Member::none;
  return true;
}

bool MemberHandler::leave() {
  --depth_;
  next_ = Member::none;
  return true;
}

bool MemberHandler::plain(Kind kind) {
  begin_value(kind);
  next_ = Member::none;
  return true;
}

bool MemberHandler::add_text(Kind kind, piece part) {
  if (!in_text_) {
    begin_value(kind);
    in_text_ = true;
  }
  if (next_ != Member::none) values_[static_cast<std::size_t>(next_)].text.append(part.data(), part.size());
  return true;
}

bool MemberHandler::end_text(Kind kind, piece part) {
  add_text(kind, part);
  in_text_ = false;
  next_ = Member::none;
  return true;
}

ResponseReader::ResponseReader() : parser_(options()) {}

bool ResponseReader::read(std::string_view body) {
  parser_.reset();
  parser_.handler().clear();
  boost::json::error_code error;
  read_to_ = parser_.write_some(false, body.data(), body.size(), error);
  is_json_ = !error && read_to_ == body.size();
  return is_json_;
}

bool is_api_envelope(const ResponseReader& answer) noexcept {
  const auto is_code = [](const Value& value) {
    return value.kind == Kind::number || (value.kind == Kind::string && !value.text.empty());
  };
  if (!answer.is_json() || answer.root() != Kind::object) return false;
  const Kind data = answer[Member::data].kind;
  return is_code(answer[Member::code]) || is_code(answer[Member::error_code]) || data == Kind::object ||
         data == Kind::array;
}

bool is_api_envelope(std::string_view body) {
  ResponseReader reader;
  return reader.read(body) && is_api_envelope(reader);
}

}  // namespace amend::wonder
