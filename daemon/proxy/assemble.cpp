#include "proxy/assemble.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "base/hash.hpp"
#include "proxy/freshness.hpp"
#include "quote/join.hpp"
#include "quote/whole.hpp"

namespace quotecached::proxy {
namespace {

// The entries of one asset: one per convert.
using Group = std::span<const cache::EntryPtr>;

// Buffers that keep their capacity from request to request of a thread.
struct Scratch {
  std::vector<const Fragment*> fragments;                      // of the asset being written
  std::vector<std::pair<std::uint64_t, std::uint32_t>> order;  // rank and position of each asset
};

Scratch& scratch() {
  thread_local Scratch buffers;
  return buffers;
}

bool is_unknown(Group group) {
  return std::any_of(
      group.begin(), group.end(), [](const auto& entry) { return entry->is_negative; });
}

void set_times(TimePoint now, Answer& out) {
  auto oldest = TimePoint::max();
  auto least = milliseconds::max();
  for (const auto& entry : out.owners) {
    oldest = std::min(oldest, entry->fetched_at);
    least = std::min(least, freshness_left(*entry, now));
  }
  out.has_age = !out.owners.empty();
  if (!out.has_age) return;
  out.age = age_of(oldest, now);
  out.max_age = std::chrono::floor<std::chrono::seconds>(least);
}

// Of what is in the answer and in which order; not of the status, which differs every time.
void set_etag(Answer& out) {
  std::uint64_t etag = 0x9e3779b97f4a7c15;
  for (const auto& entry : out.owners) {
    const std::array<std::uint64_t, 2> pair = {etag,
                                               entry->content_hash + (entry->is_negative ? 1 : 0)};
    etag = hash64(std::string_view(reinterpret_cast<const char*>(pair.data()), sizeof pair));
  }
  out.etag = etag;
}

std::string_view parameter_of(catalog::KeyKind kind) {
  switch (kind) {
    case catalog::KeyKind::Symbol: return "symbol";
    case catalog::KeyKind::Slug: return "slug";
    case catalog::KeyKind::Id:
    case catalog::KeyKind::None: break;
  }
  return "id";
}

provider::StatusForm form_of(const Wording& wording, const catalog::Endpoint* endpoint) {
  if (endpoint == nullptr) return provider::kClassicForm;
  return wording.forms.of(endpoint->position,
                          endpoint->status_is_text ? provider::kTextForm : provider::kClassicForm);
}

// Requires: at least one group is unknown.
void refuse_unknown(const Wording& wording,
                    const catalog::Request& request,
                    TimePoint now,
                    Answer& out) {
  const auto converts = request.converts.size();
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < request.assets.size(); ++i) {
    if (is_unknown(Group(out.owners).subspan(i * converts, converts)))
      names.push_back(request.assets[i]);
  }
  const auto refusal = wording.dialect.unknown(parameter_of(request.kind), names);
  assemble_error(wording, request.endpoint, refusal, now, out);
}

// Sorts the assets as the provider's JSON does; fails when members and elements are mixed.
bool set_order(const catalog::Request& request, bool is_array, const Answer& out) {
  auto& order = scratch().order;
  order.clear();
  const auto converts = request.converts.size();
  const bool shows_empty_lists =
      !is_array && request.kind == catalog::KeyKind::Symbol && request.endpoint->symbols_are_lists;
  for (std::size_t i = 0; i < request.assets.size(); ++i) {
    const Group group = Group(out.owners).subspan(i * converts, converts);
    const bool unknown = is_unknown(group);
    const Fragment& first = group.front()->fragment;
    if (!unknown && quote::is_keyed(first) == is_array) return false;
    if (unknown && !shows_empty_lists) continue;
    // Ids are sorted by the catalogue already; elements of arrays stand in the order asked.
    const bool is_sorted = unknown || is_array || request.kind == catalog::KeyKind::Id;
    const auto rank =
        is_sorted ? std::numeric_limits<std::uint64_t>::max() : quote::member_rank(first);
    order.emplace_back(rank, static_cast<std::uint32_t>(i));
  }
  if (request.kind != catalog::KeyKind::Id) {
    std::stable_sort(
        order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  }
  return true;
}

bool can_join(const catalog::Request& request, const Answer& out) {
  const auto converts = request.converts.size();
  if (converts < 2) return true;
  auto& fragments = scratch().fragments;
  for (std::size_t i = 0; i < request.assets.size(); ++i) {
    const Group group = Group(out.owners).subspan(i * converts, converts);
    if (is_unknown(group)) continue;
    fragments.clear();
    for (const auto& entry : group) fragments.push_back(&entry->fragment);
    if (!quote::can_splice(fragments)) return false;
  }
  return true;
}

// The fields besides the quotes (supply, rank, ...) are those of the first convert's copy.
void append_asset(Group group, Answer& out) {
  auto& fragments = scratch().fragments;
  fragments.clear();
  for (const auto& entry : group) fragments.push_back(&entry->fragment);
  quote::append_asset(out.pieces, fragments);
}

// Does any fragment tell whether `data` is an array? Otherwise the catalogue does.
bool data_is_array(const catalog::Request& request, const Answer& out) {
  for (const auto& entry : out.owners) {
    if (!entry->is_negative) return !quote::is_keyed(entry->fragment);
  }
  return request.endpoint->data_is_array;
}

void reserve_empty_lists(const catalog::Request& request, Answer& out) {
  std::size_t room = Answer::kHeapSize;
  for (const auto& asset : request.assets)
    room += asset.size() + std::string_view("\"\":[]").size();
  out.body.reserve(room);
}

// What stands among the fragments for an unknown symbol: `"XYZ":[]`.
void append_empty_list(std::string_view symbol, Answer& out) {
  out.body += '"';
  out.body += symbol;
  out.body += "\":[]";
}

}  // namespace

Assembled assemble_assets(const Wording& wording,
                          const catalog::Request& request,
                          TimePoint now,
                          Credits cost,
                          Answer& out) {
  out.cost = cost;
  const bool any_unknown = std::any_of(
      out.owners.begin(), out.owners.end(), [](const auto& e) { return e->is_negative; });
  if (any_unknown && !request.skip_invalid) {
    refuse_unknown(wording, request, now, out);
    return Assembled::Done;
  }
  const bool is_array = data_is_array(request, out);
  if (!can_join(request, out) || !set_order(request, is_array, out)) return Assembled::Unjoinable;
  out.head.clear();
  wording.dialect.append_head(out.head,
                              {.form = form_of(wording, request.endpoint),
                               .error_code = 0,
                               .error_message = {},
                               .credit_count = cost},
                              now);
  out.head += is_array ? '[' : '{';
  out.pieces.push_back(out.head);
  // Pieces point into `body`: it may not grow while they are collected.
  if (any_unknown) reserve_empty_lists(request, out);
  const auto converts = request.converts.size();
  bool is_first = true;
  for (const auto& [rank, position] : scratch().order) {
    if (!is_first) out.pieces.emplace_back(",");
    is_first = false;
    const Group group = Group(out.owners).subspan(position * converts, converts);
    if (is_unknown(group)) {
      const auto begin = out.body.size();
      append_empty_list(request.assets[position], out);
      out.pieces.push_back(std::string_view(out.body).substr(begin));
    } else {
      append_asset(group, out);
    }
  }
  out.pieces.emplace_back(is_array ? "]}" : "}}");
  set_times(now, out);
  set_etag(out);
  return Assembled::Done;
}

void assemble_whole(TimePoint now, Credits cost, Answer& out) {
  out.cost = cost;
  const fmt::format_int digits(cost.count);
  out.head.reserve(Answer::kHeapSize);
  out.head.assign(digits.data(), digits.size());
  quote::append_whole(out.pieces, out.owners.front()->fragment, out.head);
  out.is_whole = true;
  set_times(now, out);
  set_etag(out);
}

Assembled assemble(const Wording& wording,
                   const catalog::Request& request,
                   TimePoint now,
                   Credits cost,
                   Answer& out) {
  if (request.kind != catalog::KeyKind::None)
    return assemble_assets(wording, request, now, cost, out);
  assemble_whole(now, cost, out);
  return Assembled::Done;
}

void assemble_error(const Wording& wording,
                    const catalog::Endpoint* endpoint,
                    const provider::Refusal& refusal,
                    TimePoint now,
                    Answer& out) {
  const Credits cost = out.cost;
  const auto detail = out.detail;
  const auto http_status = refusal.http_status;
  out.clear();
  out.cost = cost;
  out.detail = detail;
  out.http_status = http_status;
  out.outcome = http_status < 500 && http_status != 429 ? Outcome::Refused : Outcome::Failed;
  wording.dialect.append_error(out.body,
                               {.form = form_of(wording, endpoint),
                                .error_code = refusal.error_code,
                                .error_message = refusal.message,
                                .credit_count = cost},
                               now);
  out.pieces.push_back(out.body);
}

void assemble_failure(const Wording& wording,
                      const catalog::Endpoint* endpoint,
                      const calling::Failure& failure,
                      TimePoint now,
                      Answer& out) {
  const provider::Refusal refusal{failure.http_status, failure.error_code, failure.message};
  assemble_error(wording, endpoint, refusal, now, out);
  out.retry_after = failure.retry_after;
  out.set_refused_by(failure.refused_by);
}

}  // namespace quotecached::proxy
