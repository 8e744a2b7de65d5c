#include "stream/board.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>

#include <fmt/format.h>

#include "base/hash.hpp"

namespace quotecached::stream {
namespace {

// Rows that have left a channel, told to who comes back.
constexpr std::size_t kMostGone = 1'000;

// Never that of the lists.
std::uint64_t slot_of(std::uint64_t id, std::string_view convert) {
  return std::max<std::uint64_t>(hash64(convert, id), kLists + 1);
}

bool is_same_row(const Topic& topic, std::string_view convert, const compact::Fields& fields) {
  return topic.convert == convert && topic.fields == fields;
}

}  // namespace

Channel* Board::find(std::string_view key) {
  const auto found = channels_.find(key);
  return found == channels_.end() ? nullptr : found->second.get();
}

// Who comes with an earlier version has it of another life of the channel.
Channel& Board::open(std::string key, std::shared_ptr<const compact::Ask> ask) {
  auto channel = std::make_unique<Channel>();
  channel->key = key;
  channel->ask = std::move(ask);
  channel->complete_since = ++version_;
  channel->ids.resize(channel->ask->assets.size());
  return *(channels_[std::move(key)] = std::move(channel));
}

void Board::close(Channel& channel) {
  for (const auto& [slot, topic] : channel.topics) {
    topic->channels.erase(&channel);
    put_away(*topic);
  }
  dirty_.erase(&channel);
  channels_.erase(channels_.find(channel.key));
}

void Board::take(Channel& channel, const compact::Census& census) {
  const auto& ask = *channel.ask;
  assert(census.ids.size() == channel.ids.size());
  std::unordered_map<std::uint64_t, Topic*> topics;
  for (std::size_t i = 0; i < census.ids.size(); ++i) {
    auto& id = channel.ids[i];
    if (census.ids[i]) id = census.ids[i];
    if (!id || *id == 0) continue;
    for (const auto& convert : ask.converts) {
      auto& topic = topic_of(*id, convert, ask.fields);
      topics.emplace(topic.slot, &topic);
    }
  }
  std::vector<Topic*> left;
  for (const auto& [slot, topic] : channel.topics) {
    if (!topics.contains(slot)) left.push_back(topic);
  }
  for (auto* const topic : left) leave(channel, *topic);
  for (const auto& [slot, topic] : topics) {
    if (!channel.topics.contains(slot)) join(channel, *topic);
  }
  tell_lists(channel, census);
}

Topic& Board::topic_of(std::uint64_t id,
                       const std::string& convert,
                       const compact::Fields& fields) {
  auto& rows = topics_[id];
  for (const auto& topic : rows) {
    if (is_same_row(*topic, convert, fields)) return *topic;
  }
  auto topic = std::make_unique<Topic>();
  topic->id = id;
  topic->convert = convert;
  topic->fields = fields;
  topic->slot = slot_of(id, convert);
  return *rows.emplace_back(std::move(topic));
}

// Who listens already looks for what is younger than what it has.
void Board::join(Channel& channel, Topic& topic) {
  channel.topics.emplace(topic.slot, &topic);
  topic.channels.insert(&channel);
  if (channel.is_told && topic.text) tell(topic);
}

void Board::leave(Channel& channel, Topic& topic) {
  if (topic.text) note_gone(channel, topic);
  channel.topics.erase(topic.slot);
  topic.channels.erase(&channel);
  put_away(topic);
}

void Board::put_away(Topic& topic) {
  if (!topic.channels.empty()) return;
  const auto found = topics_.find(topic.id);
  auto& rows = found->second;
  std::erase_if(rows, [&](const auto& one) { return one.get() == &topic; });
  if (rows.empty()) topics_.erase(found);
}

void Board::take(Topic& topic, Value seen, TimePoint now) {
  switch (follow(topic.value, std::move(seen), now)) {
    case Step::Keep: return;
    case Step::Tell: return tell(topic);
    case Step::Withdraw: return withdraw(topic);
    case Step::Reword: break;
  }
  topic.text = make_event("quote", json_of(*topic.value), {mark_, topic.version});
  for (auto* const channel : topic.channels)
    note(*channel, {topic.slot, topic.version, topic.text});
}

void Board::take_purged(Topic& topic, Value seen, TimePoint now) {
  const bool is_held = topic.value && seen && seen->fetched_at == topic.value->fetched_at;
  if (topic.value && !is_held) {
    topic.value.reset();
    if (!seen) return withdraw(topic);
  }
  take(topic, std::move(seen), now);
}

void Board::withdraw(Topic& topic) {
  topic.text.reset();
  for (auto* const channel : topic.channels) note_gone(*channel, topic);
}

void Board::tell(Topic& topic) {
  ++made_;
  topic.version = ++version_;
  topic.text = make_event("quote", json_of(*topic.value), {mark_, topic.version});
  for (auto* const channel : topic.channels)
    note(*channel, {topic.slot, topic.version, topic.text});
}

void Board::tell_lists(Channel& channel, const compact::Census& census) {
  const bool is_same = channel.lists.empty() ? !census.has_lists : channel.lists == census.lists;
  if (is_same) return;
  ++made_;
  channel.lists = census.lists;
  const auto version = ++version_;
  const Change change{kLists, version, make_event("lists", census.lists, {mark_, version})};
  keep_other(channel, change);
  note(channel, change);
}

void Board::note_gone(Channel& channel, const Topic& topic) {
  ++made_;
  const auto version = ++version_;
  const auto data = fmt::format("{{\"id\":{},\"convert\":\"{}\"}}", topic.id, topic.convert);
  const Change change{topic.slot, version, make_event("gone", data, {mark_, version}), true};
  keep_other(channel, change);
  note(channel, change);
}

void Board::keep_other(Channel& channel, const Change& change) {
  std::erase_if(channel.others, [&](const auto& one) { return one.second.slot == change.slot; });
  channel.others.emplace(change.version, change);
  if (channel.others.size() <= kMostGone) return;
  // Whoever comes back without it is told all anew. The lists stay.
  auto oldest = channel.others.begin();
  if (oldest->second.slot == kLists) ++oldest;
  channel.complete_since = std::max(channel.complete_since, oldest->first);
  channel.others.erase(oldest);
}

void Board::note(Channel& channel, Change change) {
  dirty_.insert(&channel);
  channel.fresh[change.slot] = std::move(change);
}

std::vector<Topic*> Board::topics_of(std::uint64_t id) const {
  std::vector<Topic*> found;
  if (const auto rows = topics_.find(id); rows != topics_.end()) {
    for (const auto& topic : rows->second) found.push_back(topic.get());
  }
  return found;
}

std::vector<Topic*> Board::topics() const {
  std::vector<Topic*> all;
  for (const auto& [id, rows] : topics_) {
    for (const auto& topic : rows) all.push_back(topic.get());
  }
  return all;
}

std::vector<std::pair<Channel*, ChangesPtr>> Board::take_news() {
  std::vector<std::pair<Channel*, ChangesPtr>> news;
  for (auto* const channel : dirty_) {
    auto changes = std::make_shared<Changes>();
    for (auto& [slot, change] : channel->fresh) changes->push_back(std::move(change));
    channel->fresh.clear();
    std::ranges::sort(*changes, {}, &Change::version);
    news.emplace_back(channel, std::move(changes));
  }
  dirty_.clear();
  return news;
}

ChangesPtr Board::all_of(Channel& channel) {
  channel.is_told = true;
  auto changes = std::make_shared<Changes>();
  for (const auto& [version, change] : channel.others) {
    // A row that is back stands among the topics.
    const auto back = channel.topics.find(change.slot);
    if (back == channel.topics.end() || !back->second->text) changes->push_back(change);
  }
  for (const auto& [slot, topic] : channel.topics) {
    if (topic->text) changes->push_back({slot, topic->version, topic->text});
  }
  std::ranges::sort(*changes, {}, &Change::version);
  return changes;
}

}  // namespace quotecached::stream
