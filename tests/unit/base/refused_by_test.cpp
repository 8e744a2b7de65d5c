#include "base/refused_by.hpp"

#include <set>

#include <doctest/doctest.h>

using namespace quotecached;

TEST_SUITE("base::RefusedBy") {
  TEST_CASE("says who refused, the token by its name") {
    struct Row {
      RefusedBy refused;
      const char* text;
    };
    const Row rows[] = {
        {RefusedBy(), ""},
        {RefusedBy(Refuser::AccountDay), "credits.per_day"},
        {RefusedBy(Refuser::Overload), "overload"},
        {RefusedBy(Refuser::SpendMode), "spend mode"},
        {RefusedBy(Refuser::TokenRate, "dash"), "token dash"},
        {RefusedBy(Refuser::TokenConcurrent, "dash"), "token dash concurrent"},
        {RefusedBy(Refuser::TokenDay, "dash"), "token dash credits.per_day"},
        {RefusedBy(Refuser::TokenMonth, "a-b_c"), "token a-b_c credits.per_month"},
        {RefusedBy(Refuser::TokenDay), "token credits.per_day"},
        {RefusedBy(Refuser::TokenRate, "a concurrent"), "token a%20concurrent"},
        {RefusedBy(Refuser::TokenRate, "x\r\nSet-Cookie: y"), "token x%0D%0ASet-Cookie%3A%20y"},
        {RefusedBy(Refuser::TokenRate, "100%"), "token 100%25"},
        {RefusedBy(Refuser::TokenRate, "\xc3\xa9"), "token %C3%A9"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.text);
      CHECK(to_text(row.refused) == row.text);
      CHECK(static_cast<bool>(row.refused) == (row.refused.what != Refuser::Nobody));
    }
  }

  TEST_CASE("has a word of its own for each") {
    std::set<std::string_view> words;
    for (std::size_t i = 0; i < kRefusers; ++i) words.insert(to_string(static_cast<Refuser>(i)));
    CHECK(words.size() == kRefusers);
  }

  TEST_CASE("of a fault it says so: the daemon does not do its work") {
    CHECK(RefusedBy(Refuser::Ledger).is_fault());
    CHECK(RefusedBy(Refuser::ProviderKey).is_fault());
    CHECK(!RefusedBy(Refuser::AccountMonth).is_fault());
    CHECK(!RefusedBy(Refuser::Overload).is_fault());
  }
}
