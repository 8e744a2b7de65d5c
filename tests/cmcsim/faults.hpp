// Faults that tests switch on: what goes wrong, for which paths, how often.
//
// The box only decides which faults hit a call; answer writers, the simulator and the session each
// act on the kinds that are theirs.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace cmcsim {

enum class FaultKind : std::uint8_t {
  Status5xx,
  HtmlError,
  RateLimit,
  Auth,
  ErrorIn200,
  OversizedBody,  // another answer
  MissingAsset,
  RefusedAsset,
  NullPrice,
  ZeroPrice,
  StringPrice,
  OddAsset,
  WrongCreditCount,
  MalformedJson,  // a spoilt one
  TruncatedBody,
  SlowFirstByte,
  SlowBody,
  Hang,
  ResetBeforeHeaders,
  ResetAfterHeaders,
  CloseKeepalive,  // a spoilt transport
};

[[nodiscard]] std::string_view to_text(FaultKind kind);
[[nodiscard]] std::optional<FaultKind> fault_kind(std::string_view name);

struct Fault {
  std::uint64_t number = 0;  // Given by the box.
  FaultKind kind = FaultKind::Status5xx;
  std::int64_t count = 1;  // Calls it may still hit; -1 for ever.
  double probability = 1;
  std::string path;           // Prefix; empty for all.
  std::int64_t status = 500;  // Status5xx; HtmlError, where it is 503 unless given
  std::int64_t code = 0;      // RateLimit (1008), Auth (1001), ErrorIn200 (500) when 0
  std::int64_t asset = 0;     // MissingAsset, RefusedAsset, OddAsset, price faults; 0: every asset
  std::int64_t milliseconds = 1000;  // SlowFirstByte; SlowBody per chunk
  std::int64_t bytes = 0;            // OversizedBody (64 MiB), SlowBody chunk (1024) when 0
  std::int64_t credits = 1;          // WrongCreditCount

  [[nodiscard]] bool concerns(std::int64_t id) const { return asset == 0 || asset == id; }
};

// The faults that hit one call.
class Effects {
 public:
  Effects() = default;
  explicit Effects(std::vector<Fault> faults) : faults_(std::move(faults)) {}

  [[nodiscard]] const Fault* find(FaultKind kind) const;
  [[nodiscard]] bool drops(std::int64_t asset) const;
  [[nodiscard]] bool refuses(std::int64_t asset) const;
  // NullPrice, ZeroPrice or StringPrice when the price of `asset` is to be spoilt.
  [[nodiscard]] std::optional<FaultKind> price_fault(std::int64_t asset) const;
  // The asset is to have a number where its quotes belong.
  [[nodiscard]] bool is_odd(std::int64_t asset) const;
  [[nodiscard]] const std::vector<Fault>& all() const { return faults_; }

 private:
  std::vector<Fault> faults_;
};

class FaultBox {
 public:
  explicit FaultBox(std::uint64_t seed) : random_(seed) {}

  // Returns the number under which it is listed.
  std::uint64_t add(Fault fault);
  void clear();
  [[nodiscard]] Effects draw(std::string_view path);
  [[nodiscard]] const std::vector<Fault>& all() const { return faults_; }
  // Changes when the box is cleared: hanging calls watch it.
  [[nodiscard]] std::uint64_t clearings() const { return clearings_; }

 private:
  std::vector<Fault> faults_;
  std::mt19937_64 random_;
  std::uint64_t next_number_ = 1;
  std::uint64_t clearings_ = 0;
};

}  // namespace cmcsim
