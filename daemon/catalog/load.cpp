// Reads the TOML text of a catalogue. The only file that knows TOML.
#include <algorithm>
#include <charconv>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include "catalog/catalogue.hpp"
#include "catalog/normalise.hpp"

namespace quotecached::catalog {

namespace {

template <class T>
using Words = std::vector<std::pair<std::string_view, T>>;

const Words<CacheMode> kModes = {
    {"assets", CacheMode::Assets}, {"whole", CacheMode::Whole}, {"never", CacheMode::Never}};
const Words<QuoteShape> kShapes = {
    {"none", QuoteShape::None}, {"object", QuoteShape::Object}, {"array", QuoteShape::Array}};
const Words<DataShape> kDataShapes = {
    {"either", DataShape::Either}, {"object", DataShape::Object}, {"array", DataShape::Array}};
const Words<Role> kRoles = {{"ids", Role::Ids},
                            {"symbols", Role::Symbols},
                            {"slugs", Role::Slugs},
                            {"convert", Role::Convert},
                            {"convert_id", Role::ConvertId},
                            {"skip_invalid", Role::SkipInvalid},
                            {"limit", Role::Limit},
                            {"range", Role::Range},
                            {"start", Role::Start},
                            {"view", Role::View},
                            {"other", Role::Other}};
const Words<ValueType> kTypes = {{"integer", ValueType::Integer},
                                 {"number", ValueType::Number},
                                 {"boolean", ValueType::Boolean},
                                 {"enum", ValueType::Enum},
                                 {"enum_list", ValueType::EnumList},
                                 {"id_list", ValueType::IdList},
                                 {"pattern", ValueType::Pattern},
                                 {"text", ValueType::Text}};

// "60s", "10m", "24h", "30d"
std::optional<std::chrono::seconds> read_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (error != std::errc{} || count < 0 || count > 1'000'000'000 || unit.size() != 1) return {};
  switch (unit.front()) {
    case 's': return std::chrono::seconds(count);
    case 'm': return std::chrono::minutes(count);
    case 'h': return std::chrono::hours(count);
    case 'd': return std::chrono::hours(count * 24);
    default: return {};
  }
}

class Loader {
 public:
  explicit Loader(std::string_view source) : source_(source) {}

  void load(const toml::table& root);
  [[nodiscard]] Result<Catalogue> finish();

 private:
  template <class LoadOne>
  void load_each(const toml::table* tables, LoadOne load_one);
  void problem(const toml::node& at, std::string_view what);
  void problems(const toml::node& at, const std::vector<std::string>& whats);
  void check_keys(const toml::table& table, std::initializer_list<std::string_view> known);
  const toml::table* child(const toml::table& table, std::string_view key);
  template <class T>
  void read(const toml::table& table, std::string_view key, T& out);
  template <class T>
  void read_word(const toml::table& table, std::string_view key, const Words<T>& words, T& out);
  void read_texts(const toml::table& table, std::string_view key, std::vector<std::string>& out);
  void read_time(const toml::table& table, std::string_view key, std::chrono::seconds& out);

  void load_envelope(const toml::table& table);
  void load_family(std::string_view name, const toml::table& table);
  Parameter load_parameter(std::string name, const toml::table& table);
  void load_endpoint(const toml::table& table);
  void load_price(const toml::table& table, Price& price);
  void load_parameters(const toml::table& table, Endpoint& endpoint);
  void check_endpoint(const toml::table& table, Endpoint& endpoint);

  std::string source_;
  std::vector<std::string> problems_;
  std::map<std::string, Freshness, std::less<>> families_;
  std::map<std::string, Parameter, std::less<>> shared_;
  std::string credential_;
  Envelope envelope_;
  std::vector<Endpoint> endpoints_;
};

void Loader::problem(const toml::node& at, std::string_view what) {
  problems_.push_back(fmt::format("{}:{}: {}", source_, at.source().begin.line, what));
}

void Loader::problems(const toml::node& at, const std::vector<std::string>& whats) {
  for (const auto& what : whats) problem(at, what);
}

void Loader::check_keys(const toml::table& table, std::initializer_list<std::string_view> known) {
  for (const auto& [key, node] : table) {
    if (std::ranges::find(known, key.str()) == known.end()) {
      problem(node, fmt::format("unknown key \"{}\"", key.str()));
    }
  }
}

const toml::table* Loader::child(const toml::table& table, std::string_view key) {
  const auto* node = table.get(key);
  if (node == nullptr) {
    problem(table, fmt::format("[{}] is missing", key));
  } else if (!node->is_table()) {
    problem(*node, fmt::format("\"{}\" must be a table", key));
  } else {
    return node->as_table();
  }
  return nullptr;
}

template <class T>
void Loader::read(const toml::table& table, std::string_view key, T& out) {
  const auto* node = table.get(key);
  if (node == nullptr) return;
  if (const auto value = node->value_exact<T>()) {
    out = *value;
  } else {
    problem(*node, fmt::format("\"{}\" is of the wrong type", key));
  }
}

template <class T>
void Loader::read_word(const toml::table& table,
                       std::string_view key,
                       const Words<T>& words,
                       T& out) {
  std::string text;
  read(table, key, text);
  if (text.empty()) return;
  for (const auto& [word, value] : words) {
    if (word == text) {
      out = value;
      return;
    }
  }
  problem(*table.get(key), fmt::format("\"{}\" cannot be \"{}\"", key, text));
}

void Loader::read_texts(const toml::table& table,
                        std::string_view key,
                        std::vector<std::string>& out) {
  const auto* node = table.get(key);
  if (node == nullptr) return;
  const auto* array = node->as_array();
  if (array == nullptr) return problem(*node, fmt::format("\"{}\" must be an array", key));
  for (const auto& item : *array) {
    if (const auto text = item.value_exact<std::string>()) {
      out.push_back(*text);
    } else {
      problem(item, fmt::format("\"{}\" must hold texts", key));
    }
  }
}

void Loader::read_time(const toml::table& table, std::string_view key, std::chrono::seconds& out) {
  std::string text;
  read(table, key, text);
  const auto time = read_duration(text);
  if (time) {
    out = *time;
  } else {
    problem(table, fmt::format("\"{}\" must be a time such as \"60s\", \"10m\" or \"24h\"", key));
  }
}

void Loader::load_family(std::string_view name, const toml::table& table) {
  check_keys(table, {"fresh", "stale_while_revalidate", "stale_if_error"});
  Freshness freshness;
  read_time(table, "fresh", freshness.fresh);
  read_time(table, "stale_while_revalidate", freshness.stale_while_revalidate);
  read_time(table, "stale_if_error", freshness.stale_if_error);
  if (!is_name(name)) problem(table, fmt::format("\"{}\" cannot name a family", name));
  families_.emplace(name, freshness);
}

Parameter Loader::load_parameter(std::string name, const toml::table& table) {
  check_keys(table,
             {"name",
              "role",
              "type",
              "default",
              "default_beside",
              "values",
              "minimum",
              "maximum",
              "characters",
              "upper_case",
              "required",
              "whole"});
  Parameter parameter;
  parameter.name = std::move(name);
  read(table, "name", parameter.name);
  read_word(table, "role", kRoles, parameter.role);
  read_word(table, "type", kTypes, parameter.type);
  read(table, "default", parameter.default_value);
  read(table, "default_beside", parameter.default_beside);
  read_texts(table, "values", parameter.values);
  read(table, "minimum", parameter.minimum);
  read(table, "maximum", parameter.maximum);
  read(table, "characters", parameter.characters);
  read(table, "upper_case", parameter.upper_case);
  read(table, "required", parameter.required);
  read(table, "whole", parameter.whole);
  if (!table.contains("type")) problem(table, fmt::format("\"{}\" has no type", parameter.name));
  problems(table, normalise(parameter));
  return parameter;
}

void Loader::load_envelope(const toml::table& table) {
  check_keys(table, {"status", "cost", "data", "total", "updated"});
  read(table, "status", envelope_.status);
  read(table, "cost", envelope_.cost);
  read(table, "data", envelope_.data);
  read(table, "total", envelope_.total);
  read(table, "updated", envelope_.updated);
}

void Loader::load_price(const toml::table& table, Price& price) {
  check_keys(table, {"base", "step", "per_convert"});
  read(table, "base", price.base);
  read(table, "step", price.step);
  read(table, "per_convert", price.per_convert);
  if (price.base < 0 || price.step < 0) problem(table, "a price cannot be negative");
}

void Loader::load_parameters(const toml::table& table, Endpoint& endpoint) {
  const auto* node = table.get("parameters");
  if (node == nullptr) return;
  const auto* array = node->as_array();
  if (array == nullptr) return problem(*node, "\"parameters\" must be an array");
  for (const auto& item : *array) {
    if (const auto* own = item.as_table()) {
      endpoint.parameters.push_back(load_parameter({}, *own));
      continue;
    }
    const auto label = item.value_exact<std::string>();
    const auto shared = label ? shared_.find(*label) : shared_.end();
    if (shared == shared_.end()) {
      problem(item, fmt::format("no [parameters.{}]", label.value_or("?")));
    } else {
      endpoint.parameters.push_back(shared->second);
    }
  }
}

void Loader::check_endpoint(const toml::table& table, Endpoint& endpoint) {
  problems(table, normalise(endpoint));
  const auto family = families_.find(endpoint.family);
  if (family == families_.end()) {
    problem(table, fmt::format("no [families.{}]", endpoint.family));
  } else {
    endpoint.freshness = family->second;
  }
  for (const auto& other : endpoints_) {
    if (other.path == endpoint.path) problem(table, fmt::format("a second {}", other.path));
    if (other.name == endpoint.name) problem(table, fmt::format("a second {}", other.name));
  }
}

void Loader::load_endpoint(const toml::table& table) {
  check_keys(table,
             {"name",
              "path",
              "family",
              "mode",
              "data_is_array",
              "data_shape",
              "pages",
              "symbols_are_lists",
              "quote_shape",
              "quote_field",
              "status_is_text",
              "forwards_post",
              "batch",
              "price",
              "parameters",
              "one_of",
              "open_parameters"});
  Endpoint endpoint;
  endpoint.envelope = envelope_;
  read(table, "name", endpoint.name);
  read(table, "path", endpoint.path);
  read(table, "family", endpoint.family);
  read_word(table, "mode", kModes, endpoint.mode);
  read(table, "data_is_array", endpoint.data_is_array);
  read_word(table, "data_shape", kDataShapes, endpoint.data_shape);
  read(table, "pages", endpoint.pages);
  read(table, "symbols_are_lists", endpoint.symbols_are_lists);
  read_word(table, "quote_shape", kShapes, endpoint.quote_shape);
  read(table, "quote_field", endpoint.quote_field);
  read(table, "status_is_text", endpoint.status_is_text);
  read(table, "forwards_post", endpoint.forwards_post);
  std::int64_t batch = 100;
  read(table, "batch", batch);
  endpoint.batch = batch > 0 ? static_cast<std::size_t>(batch) : 0;
  if (const auto* price = child(table, "price")) load_price(*price, endpoint.price);
  load_parameters(table, endpoint);
  read_texts(table, "one_of", endpoint.one_of);
  read(table, "open_parameters", endpoint.open_parameters);
  check_endpoint(table, endpoint);
  endpoints_.push_back(std::move(endpoint));
}

template <class LoadOne>
void Loader::load_each(const toml::table* tables, LoadOne load_one) {
  if (tables == nullptr) return;
  for (const auto& [key, node] : *tables) {
    if (const auto* table = node.as_table()) {
      load_one(key.str(), *table);
    } else {
      problem(node, fmt::format("\"{}\" must be a table", key.str()));
    }
  }
}

void Loader::load(const toml::table& root) {
  check_keys(root, {"credential", "envelope", "families", "parameters", "endpoint"});
  read(root, "credential", credential_);
  const auto* envelope = root.contains("envelope") ? child(root, "envelope") : nullptr;
  if (envelope != nullptr) load_envelope(*envelope);
  load_each(child(root, "families"),
            [this](std::string_view name, const toml::table& table) { load_family(name, table); });
  if (root.contains("parameters")) {
    load_each(child(root, "parameters"), [this](std::string_view name, const toml::table& table) {
      shared_.emplace(name, load_parameter(std::string(name), table));
    });
  }
  const auto* rows = root.get_as<toml::array>("endpoint");
  if (rows == nullptr) return problem(root, "no [[endpoint]]");
  for (const auto& row : *rows) {
    if (const auto* table = row.as_table()) {
      load_endpoint(*table);
    } else {
      problem(row, "\"endpoint\" must hold tables");
    }
  }
}

Result<Catalogue> Loader::finish() {
  if (endpoints_.size() > 10'000) problems_.push_back(source_ + ": too many endpoints");
  if (!problems_.empty()) {
    return fail(ErrorCode::Invalid, fmt::format("{}", fmt::join(problems_, "\n")));
  }
  return Catalogue(std::move(endpoints_), std::move(credential_));
}

}  // namespace

Result<Catalogue> Catalogue::parse(std::string_view toml, std::string_view source) {
  try {
    Loader loader(source);
    loader.load(toml::parse(toml, source));
    return loader.finish();
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::Invalid,
                fmt::format("{}:{}: {}", source, error.source().begin.line, error.description()));
  }
}

}  // namespace quotecached::catalog
