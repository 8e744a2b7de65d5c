// Reads the TOML text of a catalogue: which tables and keys it has, and what they mean.
#include <functional>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "catalog/catalogue.hpp"
#include "catalog/normalise.hpp"
#include "catalog/table_reader.hpp"

namespace quotecached::catalog {

namespace {

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

class Loader {
 public:
  explicit Loader(std::string_view source) : tables_(source) {}

  void load(const toml::table& root);
  [[nodiscard]] Result<Catalogue> finish();

 private:
  void load_envelope(const toml::table& table);
  void load_family(std::string_view name, const toml::table& table);
  Parameter load_parameter(std::string name, const toml::table& table);
  void load_endpoint(const toml::table& table);
  void load_price(const toml::table& table, Price& price);
  void load_parameters(const toml::table& table, Endpoint& endpoint);
  void check_endpoint(const toml::table& table, Endpoint& endpoint);

  TableReader tables_;
  std::map<std::string, Freshness, std::less<>> families_;
  std::map<std::string, Parameter, std::less<>> shared_;
  std::string credential_;
  Envelope envelope_;
  std::vector<Endpoint> endpoints_;
};

void Loader::load_family(std::string_view name, const toml::table& table) {
  tables_.check_keys(table, {"fresh", "stale_while_revalidate", "stale_if_error"});
  Freshness freshness;
  tables_.read_time(table, "fresh", freshness.fresh);
  tables_.read_time(table, "stale_while_revalidate", freshness.stale_while_revalidate);
  tables_.read_time(table, "stale_if_error", freshness.stale_if_error);
  if (!is_name(name)) tables_.problem(table, fmt::format("\"{}\" cannot name a family", name));
  families_.emplace(name, freshness);
}

Parameter Loader::load_parameter(std::string name, const toml::table& table) {
  tables_.check_keys(table,
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
  tables_.read(table, "name", parameter.name);
  tables_.read_word(table, "role", kRoles, parameter.role);
  tables_.read_word(table, "type", kTypes, parameter.type);
  tables_.read(table, "default", parameter.default_value);
  tables_.read(table, "default_beside", parameter.default_beside);
  tables_.read_texts(table, "values", parameter.values);
  tables_.read(table, "minimum", parameter.minimum);
  tables_.read(table, "maximum", parameter.maximum);
  tables_.read(table, "characters", parameter.characters);
  tables_.read(table, "upper_case", parameter.upper_case);
  tables_.read(table, "required", parameter.required);
  tables_.read(table, "whole", parameter.whole);
  if (!table.contains("type"))
    tables_.problem(table, fmt::format("\"{}\" has no type", parameter.name));
  tables_.problems(table, normalise(parameter));
  return parameter;
}

void Loader::load_envelope(const toml::table& table) {
  tables_.check_keys(table, {"status", "cost", "data", "total", "updated"});
  tables_.read(table, "status", envelope_.status);
  tables_.read(table, "cost", envelope_.cost);
  tables_.read(table, "data", envelope_.data);
  tables_.read(table, "total", envelope_.total);
  tables_.read(table, "updated", envelope_.updated);
}

void Loader::load_price(const toml::table& table, Price& price) {
  tables_.check_keys(table, {"base", "step", "per_convert"});
  tables_.read(table, "base", price.base);
  tables_.read(table, "step", price.step);
  tables_.read(table, "per_convert", price.per_convert);
  if (price.base < 0 || price.step < 0) tables_.problem(table, "a price cannot be negative");
}

void Loader::load_parameters(const toml::table& table, Endpoint& endpoint) {
  const auto* node = table.get("parameters");
  if (node == nullptr) return;
  const auto* array = node->as_array();
  if (array == nullptr) return tables_.problem(*node, "\"parameters\" must be an array");
  for (const auto& item : *array) {
    if (const auto* own = item.as_table()) {
      endpoint.parameters.push_back(load_parameter({}, *own));
      continue;
    }
    const auto label = item.value_exact<std::string>();
    const auto shared = label ? shared_.find(*label) : shared_.end();
    if (shared == shared_.end()) {
      tables_.problem(item, fmt::format("no [parameters.{}]", label.value_or("?")));
    } else {
      endpoint.parameters.push_back(shared->second);
    }
  }
}

void Loader::check_endpoint(const toml::table& table, Endpoint& endpoint) {
  tables_.problems(table, normalise(endpoint));
  const auto family = families_.find(endpoint.family);
  if (family == families_.end()) {
    tables_.problem(table, fmt::format("no [families.{}]", endpoint.family));
  } else {
    endpoint.freshness.set(family->second);
  }
  for (const auto& other : endpoints_) {
    if (other.path == endpoint.path) tables_.problem(table, fmt::format("a second {}", other.path));
    if (other.name == endpoint.name) tables_.problem(table, fmt::format("a second {}", other.name));
  }
}

void Loader::load_endpoint(const toml::table& table) {
  tables_.check_keys(table,
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
  tables_.read(table, "name", endpoint.name);
  tables_.read(table, "path", endpoint.path);
  tables_.read(table, "family", endpoint.family);
  tables_.read_word(table, "mode", kModes, endpoint.mode);
  tables_.read(table, "data_is_array", endpoint.data_is_array);
  tables_.read_word(table, "data_shape", kDataShapes, endpoint.data_shape);
  tables_.read(table, "pages", endpoint.pages);
  tables_.read(table, "symbols_are_lists", endpoint.symbols_are_lists);
  tables_.read_word(table, "quote_shape", kShapes, endpoint.quote_shape);
  tables_.read(table, "quote_field", endpoint.quote_field);
  tables_.read(table, "status_is_text", endpoint.status_is_text);
  tables_.read(table, "forwards_post", endpoint.forwards_post);
  std::int64_t batch = 100;
  tables_.read(table, "batch", batch);
  endpoint.batch = batch > 0 ? static_cast<std::size_t>(batch) : 0;
  if (const auto* price = tables_.child(table, "price")) load_price(*price, endpoint.price);
  load_parameters(table, endpoint);
  tables_.read_texts(table, "one_of", endpoint.one_of);
  tables_.read(table, "open_parameters", endpoint.open_parameters);
  check_endpoint(table, endpoint);
  endpoints_.push_back(std::move(endpoint));
}

void Loader::load(const toml::table& root) {
  tables_.check_keys(root, {"credential", "envelope", "families", "parameters", "endpoint"});
  tables_.read(root, "credential", credential_);
  const auto* envelope = root.contains("envelope") ? tables_.child(root, "envelope") : nullptr;
  if (envelope != nullptr) load_envelope(*envelope);
  tables_.each(
      tables_.child(root, "families"),
      [this](std::string_view name, const toml::table& table) { load_family(name, table); });
  if (root.contains("parameters")) {
    tables_.each(tables_.child(root, "parameters"),
                 [this](std::string_view name, const toml::table& table) {
                   shared_.emplace(name, load_parameter(std::string(name), table));
                 });
  }
  const auto* rows = root.get_as<toml::array>("endpoint");
  if (rows == nullptr) return tables_.problem(root, "no [[endpoint]]");
  for (const auto& row : *rows) {
    if (const auto* table = row.as_table()) {
      load_endpoint(*table);
    } else {
      tables_.problem(row, "\"endpoint\" must hold tables");
    }
  }
}

Result<Catalogue> Loader::finish() {
  if (endpoints_.size() > 10'000) tables_.problem("too many endpoints");
  if (auto checked = tables_.check(); !checked) return std::move(checked).failure();
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
