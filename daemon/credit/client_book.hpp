// What each client (token) may still cause to be spent: a part of the credits of the account. It is
// about requests, where the Book is about calls.
//
// A client holds its part of each attempt of a call that its requests started, retries too, and
// settles with what the attempt cost (JointHold). Holds are not kept over a crash: then the calls
// count for the account alone. Owned by the engine and used on its loop only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "base/clock.hpp"
#include "base/types.hpp"
#include "credit/book.hpp"
#include "credit/book_rows.hpp"
#include "ledger/client_budgets.hpp"
#include "ledger/ledger.hpp"

namespace quotecached::credit {

class ClientBook {
 public:
  using Caps = std::map<std::string, ledger::ClientCaps, std::less<>>;
  // A client's part of one attempt. Dropping it charges what is held: nobody saw the attempt's end.
  // One that outlives the client book does nothing.
  class Hold;

  // Days and months begin as those of `book`, which also keeps what clients spend and must outlive
  // this. `before`: what they had spent when the daemon ended.
  ClientBook(Book& book,
             const Caps& caps,
             const std::vector<ClientSpend>& before,
             const Clock& clock);
  ~ClientBook();
  ClientBook(const ClientBook&) = delete;
  ClientBook& operator=(const ClientBook&) = delete;

  // What hold() would fail with now: a request that may cost that much need not begin.
  [[nodiscard]] std::optional<Book::NotAdmitted> refusal(std::string_view client,
                                                         Credits worst_case);

  // May `client` cause that much? Fails with the refusal its requests get (day or month).
  [[nodiscard]] tl::expected<Hold, Book::NotAdmitted> hold(std::string client, Credits worst_case);

  // The database was made anew: writes what clients have spent again. Never waits.
  void keep_all();

  // Other caps from here on, see ledger::ClientBudgets::change().
  void change(const Caps& caps);

  [[nodiscard]] std::vector<ledger::ClientBudgets::Use> uses();  // of those with a cap

 private:
  struct State;  // shared with holds, which may outlive the client book
  std::shared_ptr<State> state_;
};

class ClientBook::Hold {
 public:
  Hold(Hold&& other) noexcept = default;
  Hold& operator=(Hold&&) = delete;
  ~Hold();

  void settle(Credits charged);

 private:
  friend class ClientBook;
  using Booked = std::optional<ledger::Ledger::HoldId>;
  Hold(std::shared_ptr<State> book, std::string client, Credits held, Booked booked);

  std::shared_ptr<State> book_;  // null once settled or moved from
  std::string client_;
  Credits held_;
  Booked booked_;  // nothing: the client had no cap
};

}  // namespace quotecached::credit
