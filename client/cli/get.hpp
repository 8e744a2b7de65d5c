// `quotecache get`: prices of assets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command_line.hpp"
#include "cli/look.hpp"
#include "quotecache/client.hpp"

namespace quotecache::cli {

inline constexpr int kSomeMissing = 1;
inline constexpr int kNoneFound = 2;

// Blocks.
[[nodiscard]] Reply get(const Client& client, const CommandLine& line, const Look& look);

// The rows in the format of the line; what is not there is told on standard error. Pure.
[[nodiscard]] Reply told_quotes(const Quotes& quotes, const CommandLine& line, const Look& look);

// What is not there, a line of standard error for each: which assets may be meant, what to do.
// Pure.
[[nodiscard]] std::string missing_lines(const std::vector<Missing>& missing, const Look& look);
[[nodiscard]] std::string ambiguous_lines(const std::vector<Ambiguous>& ambiguous,
                                          const Look& look);
[[nodiscard]] std::string unavailable_lines(const std::vector<NotHad>& unavailable,
                                            const Look& look);
// Another try does not help: the provider refuses what was asked, most often a currency.
[[nodiscard]] bool is_refusal(const NotHad& one) noexcept;

// The fields that a row has beside its price, as they come. Pure.
[[nodiscard]] std::vector<std::string> fields_of(const std::vector<Quote>& rows, const Ask& ask);

}  // namespace quotecache::cli
