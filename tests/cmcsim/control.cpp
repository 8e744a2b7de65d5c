// The control paths of the simulator: what tests read and switch while it runs.
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>
#include <simdjson.h>

#include "json_writer.hpp"
#include "simulator.hpp"

namespace cmcsim {

namespace {

namespace dom = simdjson::dom;

// A control request that cannot be obeyed: answered 400 with the message.
class ControlError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A flat JSON object with typed look-ups; `params` may nest one deeper.
class Settings {
 public:
  explicit Settings(const std::string& body) {
    const simdjson::padded_string padded(body);
    if (parser_.parse(padded).get(root_) != simdjson::SUCCESS) {
      throw ControlError("the body is not a JSON object");
    }
  }

  [[nodiscard]] std::optional<double> number(std::string_view name) const {
    const auto element = find(name);
    if (!element) return std::nullopt;
    double value = 0;
    if (element->get(value) != simdjson::SUCCESS)
      throw ControlError(fmt::format("{} is not a number", name));
    return value;
  }

  [[nodiscard]] std::optional<std::string> text(std::string_view name) const {
    const auto element = find(name);
    if (!element) return std::nullopt;
    std::string_view value;
    if (element->get(value) != simdjson::SUCCESS)
      throw ControlError(fmt::format("{} is not a string", name));
    return std::string(value);
  }

  [[nodiscard]] std::optional<bool> flag(std::string_view name) const {
    const auto element = find(name);
    if (!element) return std::nullopt;
    bool value = false;
    if (element->get(value) != simdjson::SUCCESS)
      throw ControlError(fmt::format("{} is not a boolean", name));
    return value;
  }

  void read(std::string_view name, std::int64_t& into) const {
    if (const auto value = number(name)) into = static_cast<std::int64_t>(*value);
  }

  [[nodiscard]] const dom::object& root() const { return root_; }

  // Null when absent from the object and from its `params`.
  [[nodiscard]] std::optional<dom::element> find(std::string_view name) const {
    dom::element element;
    if (root_[name].get(element) == simdjson::SUCCESS) return element;
    if (root_["params"][name].get(element) == simdjson::SUCCESS) return element;
    return std::nullopt;
  }

  // Throws for a member that nobody would read.
  void allow_only(std::initializer_list<std::string_view> names) const {
    check_names(root_, names);
    dom::object params;
    if (root_["params"].get(params) == simdjson::SUCCESS) check_names(params, names);
  }

 private:
  static void check_names(const dom::object& object,
                          std::initializer_list<std::string_view> names) {
    for (const auto& [key, value] : object) {
      if (std::ranges::find(names, key) == names.end()) {
        throw ControlError(fmt::format("{} is not allowed here", key));
      }
    }
  }

  dom::parser parser_;
  dom::object root_;
};

// Milliseconds as a number, or any text that the command line takes.
Latency latency_setting(dom::element element) {
  double milliseconds = 0;
  std::string_view text;
  std::optional<Latency> latency;
  if (element.get(milliseconds) == simdjson::SUCCESS) {
    latency = Latency::parse(fmt::format("{}", milliseconds));
  } else if (element.get(text) == simdjson::SUCCESS) {
    latency = Latency::parse(text);
  }
  if (!latency) throw ControlError("latency is milliseconds or lognormal:MEDIAN:P99");
  return *latency;
}

}  // namespace

SimReply Simulator::handle_control(const SimRequest& request) {
  const Target target = parse_target(request.target);
  const std::string what = request.method + " " + target.path;
  SimReply reply;
  try {
    if (what == "GET /_sim/calls") {
      reply.body = calls_json(target.query);
    } else if (what == "DELETE /_sim/calls") {
      log_.clear();
      reply.body = "{}";
    } else if (what == "GET /_sim/stats") {
      reply.body = stats_json();
    } else if (what == "GET /_sim/faults") {
      reply.body = faults_json();
    } else if (what == "DELETE /_sim/faults") {
      faults_.clear();
      reply.body = "{}";
    } else if (what == "POST /_sim/faults") {
      reply.body = add_fault(request.body);
    } else if (what == "POST /_sim/clock") {
      reply.body = advance_clock(request.body);
    } else if (what == "POST /_sim/coins") {
      reply.body = change_coin(request.body);
    } else if (what == "POST /_sim/settings") {
      reply.body = change_settings(request.body);
    } else {
      reply.status = 404;
      reply.body = R"({"error":"no such control path"})";
    }
  } catch (const ControlError& error) {
    reply.status = 400;
    JsonWriter(reply.body).open('{').key("error").text(error.what()).close('}');
  }
  return reply;
}

std::string Simulator::calls_json(const Query& query) const {
  std::string body;
  JsonWriter json(body);
  json.open('{').key("last_seq").integer(static_cast<std::int64_t>(log_.last_seq())).key("calls");
  log_.write(json, static_cast<std::uint64_t>(std::max(0.0, query.number_or("since", 0))));
  json.close('}');
  return body;
}

std::string Simulator::stats_json() const {
  std::string body;
  JsonWriter(body)
      .open('{')
      .key("calls")
      .integer(static_cast<std::int64_t>(calls_))
      .key("credits_charged")
      .integer(credits_charged_)
      .key("connections_open")
      .integer(static_cast<std::int64_t>(connections_.open))
      .key("connections_max")
      .integer(static_cast<std::int64_t>(connections_.most_open))
      .key("connections_accepted")
      .integer(static_cast<std::int64_t>(connections_.accepted))
      .key("coins")
      .integer(static_cast<std::int64_t>(universe_.coins.size()))
      .key("now")
      .text(iso_text(clock_.now()))
      .close('}');
  return body;
}

std::string Simulator::faults_json() const {
  std::string body;
  JsonWriter json(body);
  json.open('[');
  for (const Fault& fault : faults_.all()) {
    json.open('{').key("number").integer(static_cast<std::int64_t>(fault.number));
    json.key("kind").text(to_text(fault.kind)).key("count").integer(fault.count);
    json.key("probability").number(fault.probability).key("path").text(fault.path);
    json.key("params")
        .open('{')
        .key("status")
        .integer(fault.status)
        .key("code")
        .integer(fault.code);
    json.key("id").integer(fault.asset).key("ms").integer(fault.milliseconds);
    json.key("bytes").integer(fault.bytes).key("credits").integer(fault.credits);
    json.close('}').close('}');
  }
  json.close(']');
  return body;
}

std::string Simulator::add_fault(const std::string& body) {
  constexpr std::size_t most_faults = 1000;
  if (faults_.all().size() >= most_faults) throw ControlError("too many faults are set");
  const Settings settings(body);
  settings.allow_only({"kind",
                       "count",
                       "probability",
                       "path",
                       "params",
                       "status",
                       "code",
                       "id",
                       "ms",
                       "bytes",
                       "credits"});
  const auto kind = fault_kind(settings.text("kind").value_or(""));
  if (!kind) throw ControlError("kind is not one of the fault kinds");
  Fault fault;
  fault.kind = *kind;
  fault.path = settings.text("path").value_or("");
  fault.probability = settings.number("probability").value_or(1);
  settings.read("count", fault.count);
  if (fault.kind == FaultKind::HtmlError) fault.status = 503;
  settings.read("status", fault.status);
  settings.read("code", fault.code);
  settings.read("id", fault.asset);
  settings.read("ms", fault.milliseconds);
  settings.read("bytes", fault.bytes);
  settings.read("credits", fault.credits);
  if (fault.count == 0) throw ControlError("count is 1 or more, or -1 for ever");
  if (fault.status < 100 || fault.status > 599) throw ControlError("status is an HTTP status");
  constexpr std::int64_t most_bytes = std::int64_t{1} << 30U;
  if (fault.bytes < 0 || fault.bytes > most_bytes) throw ControlError("bytes is 0 to 2^30");
  if (fault.milliseconds < 0) throw ControlError("ms is not negative");
  return fmt::format(R"({{"number":{}}})", faults_.add(std::move(fault)));
}

std::string Simulator::advance_clock(const std::string& body) {
  const Settings settings(body);
  settings.allow_only({"advance_seconds"});
  const auto seconds = settings.number("advance_seconds");
  if (!seconds) throw ControlError("advance_seconds is required");
  clock_.advance(std::chrono::milliseconds(std::llround(*seconds * 1000)));
  return fmt::format(R"({{"now":"{}"}})", iso_text(clock_.now()));
}

std::string Simulator::change_coin(const std::string& body) {
  const Settings settings(body);
  settings.allow_only({"id", "symbol", "slug", "rank", "delisted", "known"});
  CoinChange change;
  settings.read("id", change.id);
  change.symbol = settings.text("symbol");
  change.slug = settings.text("slug");
  if (const auto rank = settings.number("rank")) change.rank = static_cast<std::int64_t>(*rank);
  change.is_delisted = settings.flag("delisted").value_or(false);
  change.is_known = settings.flag("known");
  change.now = iso_text(clock_.now());
  if (!universe_.change(change)) throw ControlError("there is no such coin, or it is recorded");
  return "{}";
}

std::string Simulator::change_settings(const std::string& body) {
  const Settings settings(body);
  settings.allow_only(
      {"latency", "tick", "minute_limit", "day_limit", "month_limit", "gzip", "new_parameters"});
  PlanLimits limits = accounts_.limits();
  settings.read("minute_limit", limits.calls_per_minute);
  settings.read("day_limit", limits.credits_per_day);
  settings.read("month_limit", limits.credits_per_month);
  const auto tick = settings.number("tick");
  if (tick && *tick < 0) throw ControlError("tick is not negative");
  if (const auto latency = settings.find("latency")) options_.latency = latency_setting(*latency);
  if (tick) options_.tick = std::chrono::milliseconds(static_cast<std::int64_t>(*tick * 1000));
  options_.gzip = settings.flag("gzip").value_or(options_.gzip);
  if (const auto names = settings.text("new_parameters"))
    options_.new_parameters = split_list(*names);
  accounts_.set_limits(limits);
  return "{}";
}

}  // namespace cmcsim
