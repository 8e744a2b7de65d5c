#include "credit/joint_hold.hpp"

#include <cstddef>
#include <utility>

#include "ledger/cost_shares.hpp"

namespace quotecached::credit {

tl::expected<JointHold, Book::NotAdmitted> JointHold::take(ClientBook* book,
                                                           const std::vector<Payer>& payers,
                                                           Credits worst_case) {
  JointHold joint;
  for (const auto& payer : payers)
    joint.parts_.push_back({payer.client, payer.assets, worst_case, {}, false});
  // Anew for the rest whenever one is out: their parts are larger then.
  for (std::size_t left = payers.size(); left > 0; --left) {
    auto refused = joint.hold(book, joint.shares(worst_case));
    if (!refused) break;
    (void)joint.settle({});
    for (auto& part : joint.parts_) part.most = worst_case;
    if (left != 1) continue;
    if (payers.size() > 1) refused->client.clear();
    return tl::unexpected(std::move(*refused));
  }
  return joint;
}

// Up to the first whose budget does not cover its part: that one is out.
std::optional<Book::NotAdmitted> JointHold::hold(ClientBook* book,
                                                 const std::vector<Credits>& shares) {
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    auto& part = parts_[i];
    if (part.is_out) continue;
    if (book) {
      auto hold = book->hold(part.client, shares[i]);
      part.is_out = !hold;
      if (!hold) return std::move(hold.error());
      part.hold.push_back(std::move(*hold));
    }
    part.most = shares[i];
  }
  return std::nullopt;
}

std::vector<Credits> JointHold::shares(Credits total) const {
  std::vector<ledger::Bearer> bearers;
  for (const auto& part : parts_) {
    if (!part.is_out) bearers.push_back({part.assets, part.most});
  }
  const auto borne = ledger::cost_shares(total, bearers);
  std::vector<Credits> shares(parts_.size());
  for (std::size_t i = 0, next = 0; i < parts_.size(); ++i) {
    if (!parts_[i].is_out) shares[i] = borne[next++];
  }
  return shares;
}

std::vector<Credits> JointHold::settle(Credits charged) {
  auto charges = shares(charged);
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    for (auto& hold : parts_[i].hold) hold.settle(charges[i]);
    parts_[i].hold.clear();
  }
  return charges;
}

}  // namespace quotecached::credit
