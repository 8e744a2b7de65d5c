#include "credit/mode_order.hpp"

#include <cstdint>
#include <string>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "store/reader.hpp"

namespace quotecached::credit {
namespace {

std::optional<ModeOrder> read_order(store::Reader& reader) {
  std::optional<ModeOrder> order;
  auto& row = reader.statement("SELECT mode, until FROM spend_mode_order");
  if (row.executeStep()) {
    const auto mode = pacing::parse_spend_mode(row.getColumn(0).getString());
    if (mode) order = ModeOrder{*mode, TimePoint(milliseconds(row.getColumn(1).getInt64()))};
  }
  reader.reset();
  return order;
}

}  // namespace

void put_mode_order(SQLite::Database& database, const std::optional<ModeOrder>& order) {
  database.exec("DELETE FROM spend_mode_order");
  if (!order) return;
  SQLite::Statement put(database,
                        "INSERT INTO spend_mode_order (id, mode, until) VALUES (1, ?, ?)");
  put.bind(1, std::string(to_string(order->mode)));
  put.bind(2, static_cast<std::int64_t>(order->until.time_since_epoch().count()));
  put.exec();
}

Result<std::optional<ModeOrder>> load_mode_order(store::ReaderPool& readers, TimePoint now) {
  auto order = readers.read(read_order);
  if (order && *order && (*order)->until > now + kLongestOrder) order->reset();
  return order;
}

}  // namespace quotecached::credit
