// Answers of which nobody waits for the greater part any more: that is prepared in steps, behind
// the answers to those who waited, and then filed at once with what they got.
//
// Until then each of their keys counts as under way, and nobody finds any of them in memory. Owned
// by BatchRunner and used on the engine's loop only.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <utility>

#include "refill/batch_asset.hpp"
#include "refill/filing.hpp"

namespace quotecached::refill {

class LateFiling {
 public:
  struct Observer {
    std::function<void()> added;  // step() is to be called, soon
    std::function<void(const BatchAssets& assets)> filed;
  };

  // `filing` must outlive it.
  explicit LateFiling(Filing& filing) : filing_(filing) {}
  // Before the loop runs.
  void observe(Observer observer) { observer_ = std::move(observer); }

  // Which of the assets can wait for the others' answers; empty: none, or they are too few to make
  // a difference. By a name an answer brings more than its own keys: there none can.
  [[nodiscard]] static std::vector<bool> can_wait(const Lane& lane, const BatchAssets& assets);

  // Files an answer that is answered: what can wait in it later. Bounded: where too many do the
  // oldest is filed now.
  void add(Filing::Answer answer);

  // Prepares some of the oldest, and files it when that is done. Returns whether there is more.
  bool step();
  void file_all();
  [[nodiscard]] bool is_empty() const noexcept { return answers_.empty(); }

 private:
  void prepare_oldest(std::size_t most);

  Filing& filing_;
  Observer observer_;
  std::deque<Filing::Answer> answers_;
};

}  // namespace quotecached::refill
