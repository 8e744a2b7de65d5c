// A request target cut into a path and decoded parameters.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cmcsim {

class Query {
 public:
  void add(std::string name, std::string value);
  // Removes and returns it, for parameters that are not the endpoint's own.
  std::optional<std::string> take(std::string_view name);

  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return find(name).has_value(); }
  [[nodiscard]] std::string_view text_or(std::string_view name, std::string_view other) const;
  [[nodiscard]] double number_or(std::string_view name, double other) const;
  [[nodiscard]] bool flag_or(std::string_view name, bool other) const;
  [[nodiscard]] const auto& all() const { return params_; }

 private:
  std::vector<std::pair<std::string, std::string>> params_;
};

struct Target {
  std::string path;
  Query query;
};

[[nodiscard]] Target parse_target(std::string_view target);

// The items of a comma list, without empty ones and repetitions.
[[nodiscard]] std::vector<std::string> split_list(std::string_view list);

}  // namespace cmcsim
