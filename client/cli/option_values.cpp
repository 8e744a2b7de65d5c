#include "cli/option_values.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/duration.hpp"
#include "cli/suggestion.hpp"

namespace quotecache::cli {
namespace {

Take taker_of_text(std::string what, Put<std::string> put) {
  return
      [what = std::move(what), put = std::move(put)](CommandLine& line, const std::string& text) {
        if (text.empty()) return what + " is wanted, and nothing is given";
        put(line, text);
        return std::string();
      };
}

std::string take_number(CommandLine& line,
                        const std::string& text,
                        std::pair<std::int64_t, std::int64_t> bounds,
                        const Put<std::int64_t>& put) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || number < bounds.first || number > bounds.second)
    return fmt::format(
        "'{}' is not a whole number from {} to {}", text, bounds.first, bounds.second);
  put(line, number);
  return {};
}

}  // namespace

OptionSpec flag_option(std::string name, std::string help, std::function<void(CommandLine&)> put) {
  return {std::move(name),
          "",
          std::move(help),
          [put = std::move(put)](CommandLine& line, const std::string&) {
            put(line);
            return std::string();
          }};
}

OptionSpec number_option(std::string name,
                         std::string help,
                         std::int64_t least,
                         std::int64_t most,
                         Put<std::int64_t> put) {
  return {std::move(name),
          "N",
          std::move(help),
          [least, most, put = std::move(put)](CommandLine& line, const std::string& text) {
            return take_number(line, text, {least, most}, put);
          }};
}

OptionSpec word_option(std::string name,
                       std::string help,
                       std::vector<std::string> words,
                       Put<std::string> put) {
  OptionSpec option{std::move(name),
                    "WORD",
                    std::move(help),
                    [words, put = std::move(put)](CommandLine& line, const std::string& word) {
                      auto wrong = wrong_word(word, words);
                      if (wrong.empty()) put(line, word);
                      return wrong;
                    }};
  option.words = std::move(words);
  return option;
}

OptionSpec text_option(std::string name,
                       std::string value,
                       std::string help,
                       Put<std::string> put) {
  auto take = taker_of_text(value, std::move(put));
  return {std::move(name), std::move(value), std::move(help), std::move(take)};
}

OptionSpec file_option(std::string name, std::string help, Put<std::string> put) {
  auto option = text_option(std::move(name), "FILE", std::move(help), std::move(put));
  option.is_file = true;
  return option;
}

OptionSpec list_option(std::string name, std::string help, Put<std::vector<std::string>> put) {
  return {std::move(name),
          "LIST",
          std::move(help),
          [put = std::move(put)](CommandLine& line, const std::string& text) {
            auto items = items_of(text);
            if (std::ranges::any_of(items, &std::string::empty))
              return fmt::format("'{}' is no list: names with commas between are wanted", text);
            put(line, std::move(items));
            return std::string();
          }};
}

OptionSpec time_option(std::string name, std::string help, Put<std::chrono::seconds> put) {
  return {std::move(name),
          "TIME",
          std::move(help),
          [put = std::move(put)](CommandLine& line, const std::string& text) {
            const auto time = parse_duration(text);
            if (!time) return fmt::format("'{}' is no duration from 1s to 31d such as 2h", text);
            put(line, *time);
            return std::string();
          }};
}

std::string wrong_word(const std::string& word, const std::vector<std::string>& words) {
  if (std::ranges::find(words, word) != words.end()) return {};
  const std::string meant = nearest(word, words);
  if (!meant.empty()) return fmt::format("'{}' is not known: did you mean '{}'?", word, meant);
  return fmt::format("'{}' is not known: it is one of {}", word, fmt::join(words, ", "));
}

std::vector<std::string> items_of(const std::string& list) {
  std::vector<std::string> items(1);
  for (const char c : list) {
    if (c == ',') {
      items.emplace_back();
    } else {
      items.back() += c;
    }
  }
  return items;
}

}  // namespace quotecache::cli
