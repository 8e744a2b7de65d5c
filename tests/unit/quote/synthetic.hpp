// Answers made up from a seed: every shape the provider has, in several ways of writing JSON.
#pragma once

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/endpoint.hpp"

namespace quotecached::quote::test {

using Random = std::mt19937_64;

// Writes JSON minified or pretty, with one kind of indentation.
class JsonWriter {
 public:
  // Null indentation: minified.
  JsonWriter(const char* line, const char* indent, const char* colon)
      : line_(line), indent_(indent), colon_(colon) {}

  void open(char bracket) {
    begin_value();
    text_ += bracket;
    ++depth_;
    is_first_ = true;
  }
  void close(char bracket) {
    --depth_;
    if (!is_first_) break_line();
    text_ += bracket;
    is_first_ = false;
  }
  void key(std::string_view name) {
    begin_item();
    text_.append("\"").append(name).append("\"").append(colon_);
    has_key_ = true;
  }
  void raw(std::string_view value) {
    begin_value();
    text_ += value;
    is_first_ = false;
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  void break_line() {
    text_ += line_;
    for (int i = 0; i < depth_; ++i) text_ += indent_;
  }
  void begin_item() {
    if (!is_first_) text_ += ',';
    break_line();
    is_first_ = false;
  }
  void begin_value() {
    if (!has_key_ && depth_ > 0) begin_item();
    has_key_ = false;
  }

  const char* line_;
  const char* indent_;
  const char* colon_;
  std::string text_;
  int depth_ = 0;
  bool is_first_ = true;
  bool has_key_ = false;
};

struct Shape {
  catalog::KeyKind kind = catalog::KeyKind::Id;
  bool is_keyed = true;
  bool has_lists = false;  // each label holds a list of coins
  bool quotes_are_array = false;
  std::vector<std::string> converts;
  int style = 0;
};

inline Shape random_shape(Random& random) {
  Shape shape;
  constexpr catalog::KeyKind kKinds[] = {
      catalog::KeyKind::Id, catalog::KeyKind::Symbol, catalog::KeyKind::Slug};
  shape.kind = kKinds[random() % 3];
  shape.is_keyed = random() % 2 == 0;
  shape.has_lists = shape.is_keyed && shape.kind == catalog::KeyKind::Symbol && random() % 2 == 0;
  shape.quotes_are_array = random() % 2 == 0;
  const std::vector<std::string> converts{"USD", "EUR", "BTC", "1INCH"};
  shape.converts.assign(converts.begin(),
                        converts.begin() + static_cast<std::ptrdiff_t>(1 + random() % 4));
  shape.style = static_cast<int>(random() % 4);
  return shape;
}

inline std::string_view random_scalar(Random& random) {
  constexpr std::string_view kScalars[] = {"null",
                                           "true",
                                           "false",
                                           "0",
                                           "-0.0",
                                           "7e-8",
                                           "1.54E-12",
                                           "123456789012345678901234",
                                           "19600131.000",
                                           R"("")",
                                           R"("a, \"b\": {c] }\\")",
                                           R"("\u00e9\ud83d\ude00 é€😀")",
                                           R"("2024-01-16T15:05:00.000Z")",
                                           "{}",
                                           "[]"};
  return kScalars[random() % std::size(kScalars)];
}

inline void write_junk(JsonWriter& out, Random& random, std::string_view name, int depth = 0) {
  if (!name.empty()) out.key(name);
  const auto choice = depth < 3 ? random() % 4 : 3;
  if (choice == 0) {
    out.open('{');
    for (auto i = random() % 3; i > 0; --i)
      write_junk(out, random, "junk" + std::to_string(i), depth + 1);
    out.close('}');
  } else if (choice == 1) {
    out.open('[');
    for (auto i = random() % 3; i > 0; --i) write_junk(out, random, "", depth + 1);
    out.close(']');
  } else {
    out.raw(random_scalar(random));
  }
}

inline void write_quote(JsonWriter& out,
                        Random& random,
                        const Shape& shape,
                        const std::string& convert) {
  if (!shape.quotes_are_array) out.key(convert);
  out.open('{');
  if (shape.quotes_are_array) {
    out.key("symbol");
    out.raw("\"" + convert + "\"");
  }
  out.key("price");
  out.raw(std::to_string(static_cast<double>(random() % 100'000) / 7));
  write_junk(out, random, "volume_24h");
  out.close('}');
}

inline void write_coin(JsonWriter& out,
                       Random& random,
                       const Shape& shape,
                       std::uint64_t id,
                       const std::string& symbol) {
  out.open('{');
  if (random() % 2 == 0) write_junk(out, random, "before");
  out.key("id");
  out.raw(std::to_string(id));
  out.key("symbol");
  out.raw("\"" + symbol + "\"");
  out.key("slug");
  out.raw("\"coin-" + std::to_string(id) + "\"");
  if (random() % 2 == 0) write_junk(out, random, "platform");
  out.key("quote");
  out.open(shape.quotes_are_array ? '[' : '{');
  for (const std::string& convert : shape.converts) write_quote(out, random, shape, convert);
  out.close(shape.quotes_are_array ? ']' : '}');
  if (random() % 2 == 0) write_junk(out, random, "after");
  out.close('}');
}

inline void write_data(JsonWriter& out, Random& random, const Shape& shape) {
  out.key("data");
  out.open(shape.is_keyed ? '{' : '[');
  std::uint64_t id = 1 + random() % 5;
  for (auto assets = random() % 9; assets > 0; --assets) {
    const std::string symbol = (random() % 2 == 0 ? "Sym" : "$X") + std::to_string(id);
    if (shape.is_keyed)
      out.key(shape.kind == catalog::KeyKind::Symbol ? symbol : std::to_string(id));
    if (shape.has_lists) out.open('[');
    const auto coins = shape.has_lists ? 1 + random() % 3 : 1;
    for (std::uint64_t coin = 0; coin < coins; ++coin) write_coin(out, random, shape, id++, symbol);
    if (shape.has_lists) out.close(']');
    id += 1 + random() % 1000;
  }
  out.close(shape.is_keyed ? '}' : ']');
}

inline void write_status(JsonWriter& out) {
  out.key("status");
  out.open('{');
  out.key("error_code");
  out.raw("0");
  out.key("credit_count");
  out.raw("1");
  out.close('}');
}

inline std::string synthetic_answer(const Shape& shape, Random& random) {
  constexpr const char* kStyles[][3] = {
      {"", "", ":"}, {"\n", "  ", ": "}, {"\r\n", "\t", " : "}, {" ", "", ":"}};
  const auto& style = kStyles[shape.style];
  JsonWriter out(style[0], style[1], style[2]);
  const bool is_status_first = random() % 2 == 0;
  out.open('{');
  if (is_status_first) write_status(out);
  write_data(out, random, shape);
  if (!is_status_first) write_status(out);
  out.close('}');
  return out.take();
}

}  // namespace quotecached::quote::test
