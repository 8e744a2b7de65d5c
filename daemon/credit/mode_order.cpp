#include "credit/mode_order.hpp"

#include <cstdint>
#include <string>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "store/reader.hpp"

namespace quotecached::credit {
namespace {

std::optional<ModeOrder> read_order(store::Reader& reader, std::string_view account) {
  std::optional<ModeOrder> order;
  auto& row = reader.statement("SELECT mode, until FROM spend_mode_order WHERE account = ?");
  row.bind(1, std::string(account));
  if (row.executeStep()) {
    const auto mode = pacing::parse_spend_mode(row.getColumn(0).getString());
    if (mode) order = ModeOrder{*mode, TimePoint(milliseconds(row.getColumn(1).getInt64()))};
  }
  reader.reset();
  return order;
}

}  // namespace

void put_mode_order(SQLite::Database& database,
                    std::string_view account,
                    const std::optional<ModeOrder>& order) {
  SQLite::Statement drop(database, "DELETE FROM spend_mode_order WHERE account = ?");
  drop.bind(1, std::string(account));
  drop.exec();
  if (!order) return;
  SQLite::Statement put(database,
                        "INSERT INTO spend_mode_order (account, mode, until) VALUES (?, ?, ?)");
  put.bind(1, std::string(account));
  put.bind(2, std::string(to_string(order->mode)));
  put.bind(3, static_cast<std::int64_t>(order->until.time_since_epoch().count()));
  put.exec();
}

Result<std::optional<ModeOrder>> load_mode_order(store::ReaderPool& readers,
                                                 std::string_view account,
                                                 TimePoint now) {
  auto order =
      readers.read([account](store::Reader& reader) { return read_order(reader, account); });
  if (order && *order && (*order)->until > now + kLongestOrder) order->reset();
  return order;
}

}  // namespace quotecached::credit
