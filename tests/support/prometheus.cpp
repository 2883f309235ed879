#include "prometheus.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>
#include <sstream>
#include <string_view>

namespace test {
namespace {

// A line, eaten from its front; what does not fit makes it bad for good.
class Scanner {
 public:
  explicit Scanner(std::string_view line) : rest_(line) {}

  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && rest_.empty(); }
  bool next_is(char c) const { return !rest_.empty() && rest_.front() == c; }

  bool eat(std::string_view text) {
    ok_ = ok_ && rest_.starts_with(text);
    if (ok_) rest_.remove_prefix(text.size());
    return ok_;
  }
  // [a-zA-Z_:][a-zA-Z0-9_:]*
  std::string name() {
    std::size_t n = 0;
    while (n < rest_.size() &&
           (std::isalnum(static_cast<unsigned char>(rest_[n])) || rest_[n] == '_' || rest_[n] == ':'))
      ++n;
    ok_ = ok_ && n > 0 && !std::isdigit(static_cast<unsigned char>(rest_.front()));
    return take(n);
  }
  // Unchanged: an escaped quote, backslash or line break stays escaped.
  std::string label_value() {
    eat("\"");
    std::size_t n = 0;
    for (; n < rest_.size() && rest_[n] != '"'; ++n) {
      if (rest_[n] != '\\') continue;
      ++n;
      ok_ = ok_ && n < rest_.size() && std::string_view("\"\\n").find(rest_[n]) != std::string_view::npos;
    }
    std::string value = take(n);
    eat("\"");
    return value;
  }
  std::string rest() { return take(rest_.size()); }
  double number() {
    const std::string text = rest();
    if (text == "+Inf") return std::numeric_limits<double>::infinity();
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    ok_ = ok_ && error == std::errc{} && end == text.data() + text.size() && std::isfinite(value);
    return value;
  }

 private:
  std::string take(std::size_t n) {
    n = std::min(n, rest_.size());
    std::string taken(ok_ ? rest_.substr(0, n) : "");
    rest_.remove_prefix(n);
    return taken;
  }

  std::string_view rest_;
  bool ok_ = true;
};

class Reader {
 public:
  Exposition read(const std::string& text) {
    if (text.empty() || text.back() != '\n') fault("the last line does not end");
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) take(line);
    end_metric();
    return std::move(out_);
  }

 private:
  void fault(const std::string& what) { out_.faults.push_back(what + ": " + line_); }

  void take(const std::string& line) {
    line_ = line;
    Scanner in(line);
    if (line.starts_with("# HELP ")) {
      in.eat("# HELP ");
      const std::string name = in.name();
      if (!in.eat(" ") || in.at_end()) return fault("no HELP");
      begin_metric(name);
    } else if (line.starts_with("# TYPE ")) {
      in.eat("# TYPE ");
      const std::string name = in.name();
      in.eat(" ");
      declare(name, in.rest());
    } else {
      take_sample(in);
    }
  }

  void take_sample(Scanner& in) {
    const std::string name = in.name();
    std::string labels;
    std::string value;
    if (in.next_is('{')) {
      in.eat("{");
      const std::string label = in.name();
      in.eat("=");
      value = in.label_value();
      in.eat("}");
      labels = "{" + label + "=\"" + value + "\"}";
    }
    in.eat(" ");
    const double number = in.number();
    if (!in.ok()) return fault("not understood");
    add_sample(name, labels, value, number);
  }

  void begin_metric(const std::string& name) {
    end_metric();
    if (!seen_.insert(name).second) fault("a metric twice");
    name_ = name;
    type_.clear();
  }

  void declare(const std::string& name, const std::string& type) {
    if (name != name_ || !type_.empty()) fault("a TYPE that does not follow its HELP");
    if (type != "counter" && type != "gauge" && type != "histogram") fault("no type");
    if ((type == "counter") != name.ends_with("_total")) fault("_total is for counters");
    type_ = type;
    out_.types[name] = type;
  }

  void add_sample(const std::string& name, const std::string& labels, const std::string& label_value, double value) {
    if (!out_.samples.emplace(name + labels, value).second) fault("a sample twice");
    ++samples_;
    if (type_.empty()) fault("a sample before its TYPE");
    if (type_ == "histogram") return add_to_histogram(name, label_value, value);
    if (name != name_) fault("a sample of another metric");
  }

  void add_to_histogram(const std::string& name, const std::string& bound, double value) {
    if (name == name_ + "_sum") return;
    if (name == name_ + "_count") {
      if (!(last_bound_ == std::numeric_limits<double>::infinity() && value == last_count_))
        fault("_count is not the last bucket");
      return;
    }
    if (name != name_ + "_bucket") return fault("a sample of another metric");
    const double upper = Scanner(bound).number();
    if (!(upper > last_bound_) || value < last_count_) fault("a bucket that does not grow");
    last_bound_ = upper;
    last_count_ = value;
  }

  void end_metric() {
    if (!name_.empty() && samples_ == 0) fault(name_ + " has no sample, before");
    if (type_ == "histogram" && !(out_.samples.contains(name_ + "_count") && out_.samples.contains(name_ + "_sum")))
      fault(name_ + " lacks its _sum or _count, before");
    samples_ = 0;
    last_bound_ = -1;
    last_count_ = 0;
  }

  Exposition out_;
  std::string line_;
  std::set<std::string> seen_;
  std::string name_;
  std::string type_;
  int samples_ = 0;
  double last_bound_ = -1;
  double last_count_ = 0;
};

}  // namespace

double Exposition::value(const std::string& sample) const {
  const auto at = samples.find(sample);
  return at == samples.end() ? std::nan("") : at->second;
}

Exposition parse_exposition(const std::string& text) { return Reader().read(text); }

}  // namespace test
