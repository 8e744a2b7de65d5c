#include "credit/client_book.hpp"

#include <cassert>
#include <utility>

#include "credit/book_refusal.hpp"

namespace quotecached::credit {
namespace {

Book::NotAdmitted refusal_to(std::string_view client,
                             const ledger::Ledger::NoRoom& room,
                             TimePoint now) {
  auto refusal = refusal_of(room, now);
  refusal.is_of_client = true;
  refusal.client = client;
  return refusal;
}

}  // namespace

struct ClientBook::State {
  void settle(const std::string& client, ledger::Ledger::HoldId hold, Credits charged) {
    const TimePoint now = clock.now();
    budgets.settle(client, hold, charged, now);
    if (charged.count > 0) keep(client, now);
  }
  void keep(const std::string& client, TimePoint now) {
    auto spends = budgets.spends(client, now);
    if (!spends.empty()) book.keep_client(client, std::move(spends));
  }

  Book& book;
  const Clock& clock;
  ledger::ClientBudgets budgets;
  bool is_over = false;  // the client book is gone
};

ClientBook::ClientBook(Book& book,
                       const Caps& caps,
                       const std::vector<ClientSpend>& before,
                       const Clock& clock)
    : state_(
          std::make_shared<State>(State{book, clock, ledger::ClientBudgets(caps, book.anchor())})) {
  const TimePoint now = clock.now();
  for (const auto& [client, spend] : before) state_->budgets.restore(client, spend, now);
  book.on_plan([state = state_](const ledger::Anchor& anchor, TimePoint at) {
    state->budgets.change(anchor, at);
  });
}

ClientBook::~ClientBook() { state_->is_over = true; }

std::optional<Book::NotAdmitted> ClientBook::refusal(std::string_view client, Credits worst_case) {
  const TimePoint now = state_->clock.now();
  const auto refused = state_->budgets.refusal(client, worst_case, now);
  return refused ? std::optional(refusal_to(client, *refused, now)) : std::nullopt;
}

tl::expected<ClientBook::Hold, Book::NotAdmitted> ClientBook::hold(std::string client,
                                                                   Credits worst_case) {
  const TimePoint now = state_->clock.now();
  const auto booked = state_->budgets.hold(client, worst_case, now);
  if (!booked) return tl::unexpected(refusal_to(client, booked.error(), now));
  return Hold(state_, std::move(client), worst_case, *booked);
}

void ClientBook::keep_all() {
  const TimePoint now = state_->clock.now();
  for (const auto& use : uses()) state_->keep(use.client, now);
}

void ClientBook::change(const Caps& caps) {
  state_->budgets.change(caps, state_->book.anchor(), state_->clock.now());
}

std::vector<ledger::ClientBudgets::Use> ClientBook::uses() {
  return state_->budgets.uses(state_->clock.now());
}

ClientBook::Hold::Hold(std::shared_ptr<State> book, std::string client, Credits held, Booked booked)
    : book_(std::move(book)), client_(std::move(client)), held_(held), booked_(booked) {}

ClientBook::Hold::~Hold() {
  if (book_) settle(held_);
}

void ClientBook::Hold::settle(Credits charged) {
  assert(book_);
  const auto book = std::exchange(book_, nullptr);
  if (booked_ && !book->is_over) book->settle(client_, *booked_, charged);
}

}  // namespace quotecached::credit
