// A file of assets, by id or symbol, read piece by piece: it may be larger than memory should hold.
#pragma once

#include <cstddef>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace quotecache::cli {

// Is this an id, "1027", or may it be a symbol, "ETH"?
[[nodiscard]] bool is_asset(std::string_view word) noexcept;

class AssetFile {
 public:
  explicit AssetFile(const std::string& path);

  // Why nothing can be read; empty: it can.
  [[nodiscard]] const std::string& why_not() const noexcept { return why_not_; }

  // The next assets, at most `most`; none at the end. They stand between blanks, commas or line
  // ends; what follows a '#' on a line is none. Stops at what can be none, see wrong().
  [[nodiscard]] std::vector<std::string> next(std::size_t most);

  // Looks through all of it, and begins anew, so that a mistake far down is known before anything
  // is ordered. What cannot be read twice, a pipe, is left alone.
  void check();

  // What is no asset, and where: "'BTC!' in line 3"; empty: nothing.
  [[nodiscard]] const std::string& wrong() const noexcept { return wrong_; }

 private:
  bool read_word(std::string& word);
  void begin();

  std::ifstream in_;
  bool can_begin_anew_ = false;
  std::size_t line_ = 1;
  std::string wrong_;
  std::string why_not_;
};

}  // namespace quotecache::cli
