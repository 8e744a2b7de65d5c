#include "http/body_encoder.hpp"

#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "coding/encode.hpp"
#include "metrics/number.hpp"

namespace quotecached::http {
namespace {

using coding::Coding;

coding::KeptBodies::Source source_of(const proxy::Answer& answer) {
  return {answer.owners.front(), answer.cost.count};
}

}  // namespace

Coding BodyEncoder::choose(const coding::Accepted& accepted,
                           const proxy::Answer& answer) const noexcept {
  return coding::choose(accepted, answer.content_type, answer.body_size(), options_.rules);
}

bool BodyEncoder::takes_long(proxy::Answer& answer, Coding coding) {
  if (answer.body_size() <= options_.at_once.count) return false;
  return !take_kept(answer, coding);
}

bool BodyEncoder::take_kept(proxy::Answer& answer, Coding coding) {
  if (!answer.is_whole) return false;
  auto body = kept_.find(source_of(answer), coding);
  if (!body) return false;
  replace_body(answer, coding, std::move(body));
  return true;
}

// What several wait for is encoded for the first, the others find it kept.
void BodyEncoder::encode(proxy::Answer& answer, Coding coding) noexcept {
  if (answer.encoded) return;
  try {
    if (take_kept(answer, coding)) return;
    auto text = coding::encode(coding, options_.rules.levels.of(coding), answer.pieces);
    if (!text) return skip(answer);
    auto body = std::make_shared<const std::string>(*std::move(text));
    if (answer.is_whole) kept_.keep(source_of(answer), coding, body);
    replace_body(answer, coding, std::move(body));
  } catch (const std::exception&) {  // out of memory, which the answer itself does not need
    skip(answer);
  }
}

void BodyEncoder::skip(proxy::Answer& answer) noexcept {
  answer.coding = {};
  skipped_.fetch_add(1, std::memory_order_relaxed);
}

// What it was made of is let go.
void BodyEncoder::replace_body(proxy::Answer& answer, Coding coding, coding::Body body) {
  auto& counts = counts_[index_of(coding)];
  counts.answers.fetch_add(1, std::memory_order_relaxed);
  counts.bytes_in.fetch_add(answer.body_size(), std::memory_order_relaxed);
  counts.bytes_out.fetch_add(body->size(), std::memory_order_relaxed);
  answer.pieces.assign(1, *body);
  answer.encoded = std::move(body);
  answer.coding = name_of(coding);
  answer.owners.clear();
  answer.head.clear();
  answer.body = std::string();
}

void BodyEncoder::write(metrics::Page& page) const {
  using metrics::number_in;
  for (const auto coding : coding::kPreferred) {
    const auto& counts = counts_[index_of(coding)];
    const metrics::Labels labels{{"coding", std::string(name_of(coding))}};
    page.counter("quotecached_encoded_answers_total",
                 "Answers whose body was sent in a content coding.",
                 number_in(counts.answers),
                 labels);
    page.counter("quotecached_encoded_bytes_in_total",
                 "Bytes of their bodies as they were.",
                 number_in(counts.bytes_in),
                 labels);
    page.counter("quotecached_encoded_bytes_out_total",
                 "Bytes of their bodies as they were sent.",
                 number_in(counts.bytes_out),
                 labels);
  }
  const auto kept = kept_.load();
  page.counter("quotecached_encoded_body_hits_total",
               "Answers whose encoded body was kept from an earlier one.",
               static_cast<double>(kept.hits));
  page.gauge("quotecached_encoded_body_bytes",
             "Bytes of encoded bodies that are kept.",
             static_cast<double>(kept.bytes));
  page.counter("quotecached_encodings_skipped_total",
               "Answers sent as they are because too many waited to be encoded.",
               number_in(skipped_));
}

}  // namespace quotecached::http
