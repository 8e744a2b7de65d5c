// Read-only connections to the database, for the threads of an offload pool.
//
// A Reader is used by one thread at a time; the pool is thread-safe and hands out at most its
// number of connections. Connections are opened when first needed, and again after a failure or
// when the database was made anew. All calls block.
#pragma once

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/result.hpp"
#include "base/types.hpp"

namespace SQLite {
class Database;
class Statement;
}  // namespace SQLite

namespace quotecached::store {

class Reader {
 public:
  Reader(const std::string& path, std::chrono::milliseconds busy_timeout, Bytes page_cache);
  ~Reader();

  // Prepared once and kept; handed out reset and without bindings. Throws SQLite::Exception.
  // Requires: a fixed set of texts, since all are kept.
  SQLite::Statement& statement(std::string_view sql);

  // Ends all statements, and with them the snapshot they hold.
  void reset() noexcept;

  // The file at its path is another one by now.
  [[nodiscard]] bool is_outdated() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class ReaderPool {
 public:
  struct Options {
    std::size_t connections = 2;
    std::chrono::milliseconds busy_timeout{250};
    std::chrono::milliseconds checkout_timeout{250};  // for a connection to come free
    Bytes page_cache = mebibytes(8);                  // per connection
    std::function<void()> on_damage = {};  // called when what is read is damaged. May be empty
  };
  // A connection in use. Goes back to the pool at its end.
  class Lease {
   public:
    Lease(ReaderPool& pool, std::unique_ptr<Reader> reader);
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Reader& operator*() const noexcept { return *reader_; }
    void discard() noexcept { is_broken_ = true; }  // closed instead of kept

   private:
    ReaderPool* pool_;
    std::unique_ptr<Reader> reader_;  // null once moved from
    bool is_broken_ = false;
  };

  // Opens the first connection to see that it works. Fails with Unavailable. The database must have
  // been migrated by a Writer.
  static Result<std::unique_ptr<ReaderPool>> open(const std::string& path, Options options);
  ~ReaderPool();  // Requires: no leases

  // Fails with Exhausted when all connections stay in use, with Unavailable when none can be
  // opened.
  Result<Lease> checkout();

  // Runs `fn(Reader&)`. Fails like checkout(), and with Unavailable when `fn` throws.
  template <class F>
  auto read(F fn) -> Result<std::invoke_result_t<F&, Reader&>> {
    auto lease = checkout();
    if (!lease) return std::move(lease).failure();
    try {
      return fn(**lease);
    } catch (const std::exception& e) {
      lease->discard();
      note_failure(e);
      return fail(ErrorCode::Unavailable, e.what());
    }
  }

 private:
  struct State;
  explicit ReaderPool(std::unique_ptr<State> state);
  void note_failure(const std::exception& failure) const;
  void give_back(std::unique_ptr<Reader> reader) noexcept;

  std::unique_ptr<State> state_;
};

}  // namespace quotecached::store
