// Finds the shapes of `co_await` that GCC 12 miscompiles, and coroutines whose exceptions would be swallowed.
//
//   co_await_lint FILE…    says each offence as file:line: shape; ends with 1 when there was one, 2 when it cannot read
//
// Shapes, each shown by a file in fixtures/:
//   braces      a braced temporary or an initializer list in the operand: destroyed twice, or does not compile
//   capture     a lambda with captures in the operand: destroyed twice
//   ternary     a ?: in the operand: destroyed twice
//   switch      a switch on a co_await: crashes
//   detached    co_spawn(…, detached): swallows exceptions
// The remedy is the same for all but the last: a named local before the co_await.
#include <cctype>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct Token {
  std::string text;
  std::size_t line;
};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Words, and single characters of punctuation; comments, preprocessor lines and the insides of literals are left out.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::vector<Token> tokens() {
    while (at_ < text_.size()) step();
    return std::move(tokens_);
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  void advance() {
    if (peek() == '\n') ++line_;
    ++at_;
  }

  void skip_past(std::string_view end) {
    while (at_ < text_.size() && text_.substr(at_, end.size()) != end) advance();
    for (std::size_t i = 0; i < end.size() && at_ < text_.size(); ++i) advance();
  }

  void step() {
    const char c = peek();
    if (std::isspace(static_cast<unsigned char>(c)) != 0) return advance();
    if (c == '/' && peek(1) == '/') return skip_past("\n");
    if (c == '/' && peek(1) == '*') return skip_past("*/");
    if (c == '"' || c == '\'') return literal(c);
    if (is_word(c)) return word();
    tokens_.push_back({std::string(1, c), line_});
    advance();
  }

  void literal(char quote) {
    tokens_.push_back({"literal", line_});
    advance();
    while (at_ < text_.size() && peek() != quote && peek() != '\n') {
      if (peek() == '\\') advance();
      advance();
    }
    advance();
  }

  void raw_literal() {
    advance();
    std::string end(")");
    while (at_ < text_.size() && peek() != '(') {
      end += peek();
      advance();
    }
    skip_past(end + '"');
    tokens_.push_back({"literal", line_});
  }

  void word() {
    const std::size_t begin = at_;
    const bool number = std::isdigit(static_cast<unsigned char>(peek())) != 0;
    while (is_word(peek()) || (number && peek() == '\'' && is_word(peek(1)))) advance();
    const std::string_view found = text_.substr(begin, at_ - begin);
    if (peek() == '"' && found.ends_with('R')) return raw_literal();
    tokens_.push_back({std::string(found), line_});
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::vector<Token> tokens_;
};

class Lint {
 public:
  Lint(std::string file, std::vector<Token> tokens) : file_(std::move(file)), tokens_(std::move(tokens)) {}

  std::size_t offences() {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (is(i, "co_await") && !is(i - 1, "operator")) check_operand(i + 1);
      if (is(i, "switch")) check_switch(i + 1);
      if (is(i, "co_spawn")) check_spawn(i + 1);
    }
    return offences_;
  }

 private:
  bool is(std::size_t i, std::string_view text) const { return i < tokens_.size() && tokens_[i].text == text; }
  bool opens(std::size_t i) const { return is(i, "(") || is(i, "[") || is(i, "{"); }
  bool closes(std::size_t i) const { return is(i, ")") || is(i, "]") || is(i, "}"); }

  void offend(std::size_t i, std::string_view shape) {
    std::cout << file_ << ':' << tokens_[i].line << ": " << shape << '\n';
    ++offences_;
  }

  // Just past the bracket that closes the one at `i`.
  std::size_t past(std::size_t i) const {
    std::size_t depth = 0;
    for (; i < tokens_.size(); ++i) {
      if (opens(i)) ++depth;
      if (closes(i) && --depth == 0) return i + 1;
    }
    return i;
  }

  bool begins_lambda(std::size_t i) const {
    return is(i, "[") && (is(i - 1, "(") || is(i - 1, ",") || is(i - 1, "co_await") || is(i - 1, "="));
  }

  // From the capture list to just past the body; the body's own co_awaits are met on their own.
  std::size_t past_lambda(std::size_t i) {
    if (!is(i + 1, "]")) offend(i, "capture");
    i = past(i);
    while (i < tokens_.size() && !is(i, "{")) i = is(i, "(") ? past(i) : i + 1;
    return past(i);
  }

  // The operand is a unary expression: outside of brackets it ends at the first punctuation that cannot belong to one.
  bool ends_operand(std::size_t i) const {
    static constexpr std::string_view inside = ":.-><*&!~([{";
    const std::string& text = tokens_[i].text;
    return text.size() == 1 && !is_word(text[0]) && inside.find(text[0]) == std::string_view::npos;
  }

  void check_operand(std::size_t i) {
    std::size_t depth = 0;
    while (i < tokens_.size()) {
      if (begins_lambda(i)) {
        i = past_lambda(i);
        continue;
      }
      if (depth == 0 && ends_operand(i)) return;
      if (is(i, "{")) offend(i, "braces");
      if (is(i, "?")) offend(i, "ternary");
      if (opens(i)) ++depth;
      if (closes(i)) --depth;
      ++i;
    }
  }

  void check_switch(std::size_t i) {
    const std::size_t end = past(i);
    bool names_a_local = false;
    for (std::size_t j = i; j < end; ++j) names_a_local |= is(j, ";");
    for (std::size_t j = i; j < end && !names_a_local; ++j)
      if (is(j, "co_await")) offend(j, "switch");
  }

  void check_spawn(std::size_t i) {
    if (!is(i, "(")) return;
    const std::size_t end = past(i);
    if (end - i > 2 && is(end - 2, "detached")) offend(i, "detached");
  }

  std::string file_;
  std::vector<Token> tokens_;
  std::size_t offences_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  std::size_t offences = 0;
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (!file || text.empty()) {
      std::cerr << argv[i] << ": cannot be read, or is empty\n";
      return 2;
    }
    Scanner scanner(text);
    offences += Lint(argv[i], scanner.tokens()).offences();
  }
  if (argc < 2) {
    std::cerr << "co_await_lint: no file to look at\n";
    return 2;
  }
  std::cout << "co_await_lint: " << offences << " offence(s) in " << argc - 1 << " files\n";
  return offences == 0 ? 0 : 1;
}
