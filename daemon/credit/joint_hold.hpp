// What the clients that share an upstream call have set aside for one attempt of it.
//
// Each bears the call by the number of assets that it asked for. One whose budget does not cover
// its part bears nothing, and the others bear all: the call is made for them anyway. Owned by
// whoever makes the call; used on the engine's loop only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "base/types.hpp"
#include "credit/client_book.hpp"

namespace quotecached::credit {

struct Payer {
  std::string client;  // empty: nobody's
  std::int64_t assets = 0;
};

class JointHold {
 public:
  // Fails with the refusal of a client when none of `payers` can bear it. Without a `book` nobody
  // has a budget.
  [[nodiscard]] static tl::expected<JointHold, Book::NotAdmitted> take(
      ClientBook* book, const std::vector<Payer>& payers, Credits worst_case);

  // Ends it, once: what each of the payers is charged, in their order. One that is dropped charges
  // what is held.
  std::vector<Credits> settle(Credits charged);

 private:
  struct Part {
    std::string client;
    std::int64_t assets = 0;
    Credits most;                        // its part of the worst case
    std::vector<ClientBook::Hold> hold;  // none without a book
    bool is_out = false;                 // its budget does not cover it
  };

  [[nodiscard]] std::optional<Book::NotAdmitted> hold(ClientBook* book,
                                                      const std::vector<Credits>& shares);
  [[nodiscard]] std::vector<Credits> shares(Credits total) const;  // of those that are not out

  std::vector<Part> parts_;  // by payer
};

}  // namespace quotecached::credit
