// The writer's file: opened under a lock, looked after while it is written to, and made anew when
// it is gone or damaged.
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "store/database_file.hpp"
#include "store/writer_state.hpp"

namespace quotecached::store {

// By whatever name the file is called.
Result<void> Writer::State::take_lock() {
  std::error_code unknown;
  const auto file = std::filesystem::weakly_canonical(path, unknown);
  const std::string name = (unknown ? path : file.string()) + ".lock";
  if (file_lock && file_lock->is_at(name)) return {};
  auto lock = FileLock::take(name, options.busy_timeout);
  if (!lock) return std::move(lock).failure("open " + path);
  file_lock.emplace(std::move(*lock));
  return {};
}

Result<void> Writer::State::open() {
  auto locked = take_lock();
  if (!locked) return locked;
  auto opened = open_database(path, options);
  if (!opened) return std::move(opened).failure();
  database = std::move(*opened);
  sync = options.sync;
  return {};
}

// Who writes again what must not be lost. Nobody when the writer ends: what is damaged then is left
// as it is, so that the next start sees that it does not know what was spent.
std::function<void()> Writer::State::renewer() const {
  if (queue.has_ended()) return {};
  const MutexLock lock(mutex);
  return renewed;
}

// What is written to a file that was deleted or emptied is lost: before each transaction, and now
// and then.
void Writer::State::look() {
  if (database && !has_moved(*database))
    return is_emptied(path) ? replace_damaged("its file was emptied") : keep_lock();
  if (!database && std::chrono::steady_clock::now() < next_look) return;
  renew("its file was deleted or replaced");
}

// Not by the writer's connection, which need not read what it holds in memory.
void Writer::State::check() {
  const auto now = std::chrono::steady_clock::now();
  if (!database || now < next_check || !renewer() || !is_doubted.exchange(false)) return;
  next_check = now + options.check_every;
  log.warn("database_looked_through_for_damage", {{"path", path}});
  const auto damage = damage_in(path);
  if (damage) return replace_damaged(*damage);
  log.warn("database_is_not_damaged", {{"path", path}});
}

// A lock whose file is deleted keeps nobody out.
void Writer::State::keep_lock() {
  if (std::chrono::steady_clock::now() < next_look) return;
  next_look = std::chrono::steady_clock::now() + options.look_every;
  const auto locked = take_lock();
  if (!locked)
    log.error("another_process_writes_the_database", {{"error", locked.error().message}});
}

// No further write to a damaged database can succeed.
void Writer::State::replace_damaged(const std::string& error) {
  if (!renewer()) return;
  database.reset();
  set_aside(path);
  renew(fmt::format("damaged ({}), kept as {}", error, set_aside_path(path)));
}

// Makes the database anew. Only when somebody writes again what must not be lost with the old one.
void Writer::State::renew(const std::string& why) {
  const auto tell_renewed = renewer();
  if (!tell_renewed) return;
  next_look = std::chrono::steady_clock::now() + options.look_every;
  database.reset();
  remove_leftovers(path);
  std::error_code ignored;  // opening says what is wrong, if anything is
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  auto opened = open();
  if (!opened) return note_health(0, 0, opened.error().message);
  log.error("database_made_anew", {{"path", path}, {"why", why}});
  note_health(0, 0, {});
  {
    const MutexLock lock(mutex);
    ++health.renewals;
    health.renewed_for = why;
  }
  tell_renewed();
}

}  // namespace quotecached::store
