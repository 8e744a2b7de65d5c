// Makes descriptions of options whose values are numbers, words, lists, times and texts. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "cli/command_spec.hpp"

namespace quotecache::cli {

template <class T>
using Put = std::function<void(CommandLine&, T)>;

[[nodiscard]] OptionSpec flag_option(std::string name,
                                     std::string help,
                                     std::function<void(CommandLine&)> put);
// A whole number within bounds, both included.
[[nodiscard]] OptionSpec number_option(std::string name,
                                       std::string help,
                                       std::int64_t least,
                                       std::int64_t most,
                                       Put<std::int64_t> put);
[[nodiscard]] OptionSpec word_option(std::string name,
                                     std::string help,
                                     std::vector<std::string> words,
                                     Put<std::string> put);
// Anything but nothing: of a variable that is not set perhaps, which must not be taken for none.
[[nodiscard]] OptionSpec text_option(std::string name,
                                     std::string value,
                                     std::string help,
                                     Put<std::string> put);
[[nodiscard]] OptionSpec file_option(std::string name, std::string help, Put<std::string> put);
// Items with commas between, each something.
[[nodiscard]] OptionSpec list_option(std::string name,
                                     std::string help,
                                     Put<std::vector<std::string>> put);
// "90s", "15m", "2h", "7d".
[[nodiscard]] OptionSpec time_option(std::string name,
                                     std::string help,
                                     Put<std::chrono::seconds> put);

// What is wrong with a word that is not one of `words`; empty: it is one.
[[nodiscard]] std::string wrong_word(const std::string& word,
                                     const std::vector<std::string>& words);

// Items between commas; an empty one is kept.
[[nodiscard]] std::vector<std::string> items_of(const std::string& list);

}  // namespace quotecache::cli
