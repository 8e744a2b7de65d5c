// What is watched: the channels that listeners share, the rows in them, and what is new for whom.
//
// Pure. A channel is one ask, however many listen by it; a row that several channels have is told
// in one text, with one version. One thread's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "stream/feed.hpp"
#include "stream/value.hpp"

namespace quotecached::stream {

struct Channel;

struct Topic {
  std::uint64_t id = 0;
  std::string convert;
  compact::Fields fields;
  std::uint64_t slot = 0;  // in the feeds of its channels
  Value value;
  std::uint64_t version = 0;
  TextPtr text;  // null: no copy was seen yet
  std::unordered_set<Channel*> channels;
};

using Changes = std::vector<Change>;
using ChangesPtr = std::shared_ptr<const Changes>;

struct Channel {
  std::string key;
  std::shared_ptr<const compact::Ask> ask;
  std::uint64_t complete_since = 0;
  bool is_told = false;                              // listeners may have what is in it
  std::unordered_map<std::uint64_t, Topic*> topics;  // by slot
  std::vector<std::optional<std::uint64_t>> ids;     // by asset: see compact::Census
  std::string lists;                                 // as they were told last
  compact::Unanswered unavailable;                   // when that was tried last
  std::map<std::uint64_t, Change> others;            // by version: the lists, rows that left
  std::unordered_map<std::uint64_t, Change> fresh;   // by slot: what is to be told
};

class Board {
 public:
  // `mark`: of this start of the daemon, letters and digits.
  explicit Board(std::string mark) : mark_(std::move(mark)) {}
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;

  [[nodiscard]] Channel* find(std::string_view key);
  Channel& open(std::string key, std::shared_ptr<const compact::Ask> ask);
  // Requires: nothing refers to it.
  void close(Channel& channel);

  // Gives the channel the rows that its names lead to. An asset of which it is not known where it
  // leads to keeps the row that it has.
  void take(Channel& channel, const compact::Census& census);
  // Memory has `seen` of the row.
  void take(Topic& topic, Value seen, TimePoint now);
  // The same when copies were purged: what memory has no more is not told any longer.
  void take_purged(Topic& topic, Value seen, TimePoint now);

  // The rows of an asset; empty: nobody watches it.
  [[nodiscard]] std::vector<Topic*> topics_of(std::uint64_t id) const;
  [[nodiscard]] std::vector<Topic*> topics() const;

  // What is new since this was called last, by ascending version.
  [[nodiscard]] std::vector<std::pair<Channel*, ChangesPtr>> take_news();
  // All that the channel has to tell, by ascending version. It counts as told.
  [[nodiscard]] ChangesPtr all_of(Channel& channel);

  [[nodiscard]] const std::string& mark() const noexcept { return mark_; }
  [[nodiscard]] std::uint64_t made() const noexcept { return made_; }  // events
  [[nodiscard]] auto& channels() noexcept { return channels_; }

 private:
  Topic& topic_of(std::uint64_t id, const std::string& convert, const compact::Fields& fields);
  void join(Channel& channel, Topic& topic);
  void leave(Channel& channel, Topic& topic);
  void put_away(Topic& topic);  // if nobody has it any more
  void tell(Topic& topic);
  void withdraw(Topic& topic);
  void tell_lists(Channel& channel, const compact::Census& census);
  void note(Channel& channel, Change change);
  void note_gone(Channel& channel, const Topic& topic);
  void keep_other(Channel& channel, const Change& change);

  const std::string mark_;
  std::uint64_t version_ = 0;  // the last one given
  std::uint64_t made_ = 0;
  std::map<std::string, std::unique_ptr<Channel>, std::less<>> channels_;
  std::unordered_map<std::uint64_t, std::vector<std::unique_ptr<Topic>>> topics_;  // by asset
  std::unordered_set<Channel*> dirty_;
};

}  // namespace quotecached::stream
