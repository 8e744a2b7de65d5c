#include "http/output_book.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace quotecached::http {

void OutputBook::hold(const std::vector<Held>& held) {
  for (const auto& one : held) {
    auto& piece = pieces_[one.identity];
    if (piece.holders++ > 0) continue;
    piece.bytes = one.bytes;
    bytes_ += one.bytes;
  }
}

void OutputBook::let_go(const std::vector<Held>& held) {
  for (const auto& one : held) {
    const auto piece = pieces_.find(one.identity);
    if (--piece->second.holders > 0) continue;
    bytes_ -= piece->second.bytes;
    pieces_.erase(piece);
  }
}

void OutputBook::set(Id id, std::vector<Held> held, Time now) {
  auto [at, is_new] = readers_.try_emplace(id);
  auto& reader = at->second;
  if (is_new) reader.since = now;
  let_go(reader.held);  // first: a piece of its own may have grown since
  hold(held);
  reader.held = std::move(held);
}

void OutputBook::took(Id id, std::size_t bytes) {
  const auto reader = readers_.find(id);
  if (reader != readers_.end()) reader->second.taken += bytes;
}

void OutputBook::remove(Id id) {
  const auto reader = readers_.find(id);
  if (reader == readers_.end()) return;
  let_go(reader->second.held);
  readers_.erase(reader);
}

std::vector<OutputBook::Id> OutputBook::cut(std::size_t most, Time now) {
  std::vector<Id> gone;
  if (bytes_ <= most) return gone;
  using Rank = std::tuple<bool, double, Time, Id>;
  std::vector<Rank> ranks;
  for (const auto& [id, reader] : readers_) {
    const auto time = now - reader.since;
    const auto seconds = std::chrono::duration<double>(std::max(time, Time::duration(1))).count();
    ranks.emplace_back(time < kNew, static_cast<double>(reader.taken) / seconds, reader.since, id);
  }
  std::ranges::sort(ranks);
  for (const auto& rank : ranks) {
    if (bytes_ <= most) break;
    gone.push_back(std::get<Id>(rank));
    remove(gone.back());
  }
  return gone;
}

}  // namespace quotecached::http
