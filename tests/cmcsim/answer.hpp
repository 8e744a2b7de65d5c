// What an answer is made from and what it is: the `data` of a call, before the status envelope.
//
// One writer per family of calls. Writers throw ApiError for what only they can see (unknown ids).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "endpoint.hpp"
#include "faults.hpp"
#include "market.hpp"
#include "plan.hpp"
#include "query.hpp"
#include "sim_time.hpp"
#include "universe.hpp"

namespace cmcsim {

enum class V3Shape : std::uint8_t { Array, Object };

struct Answer {
  std::string data;       // JSON
  std::size_t items = 0;  // Assets returned: what credits are counted on.
  std::size_t converts = 1;
  std::optional<std::size_t> total_count;
};

// Borrowed for the time of one call.
struct AnswerContext {
  const Endpoint& endpoint;
  const Query& query;
  const Universe& universe;
  const Market& market;
  const Effects& effects;
  Tick tick;
  V3Shape v3_shape = V3Shape::Array;
  PlanLimits limits = {};
  Usage usage = {};
  // Generated assets have `written_at_ms`, the moment of the call: it tells a cache's copy's age,
  // which last_updated does not where ticks are long.
  bool stamps = false;
};

// Requires: the query is valid for the endpoint.
[[nodiscard]] Answer answer(const AnswerContext& context);

[[nodiscard]] Answer answer_quotes(const AnswerContext& context);
[[nodiscard]] Answer answer_simple_price(const AnswerContext& context);
[[nodiscard]] Answer answer_listings(const AnswerContext& context);
[[nodiscard]] Answer answer_map(const AnswerContext& context);
[[nodiscard]] Answer answer_info(const AnswerContext& context);
[[nodiscard]] Answer answer_fiat_map(const AnswerContext& context);
[[nodiscard]] Answer answer_global_metrics(const AnswerContext& context);
[[nodiscard]] Answer answer_price_conversion(const AnswerContext& context);
[[nodiscard]] Answer answer_key_info(const AnswerContext& context);
[[nodiscard]] Answer answer_exchange_map(const AnswerContext& context);
[[nodiscard]] Answer answer_categories(const AnswerContext& context);
[[nodiscard]] Answer answer_fear_greed(const AnswerContext& context);

}  // namespace cmcsim
