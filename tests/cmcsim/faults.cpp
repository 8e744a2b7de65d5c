#include "faults.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace cmcsim {

namespace {

constexpr std::array<std::pair<FaultKind, std::string_view>, 21> kNames{{
    {FaultKind::Status5xx, "status_5xx"},
    {FaultKind::HtmlError, "html_error"},
    {FaultKind::RateLimit, "rate_limit"},
    {FaultKind::Auth, "auth"},
    {FaultKind::ErrorIn200, "error_in_200"},
    {FaultKind::OversizedBody, "oversized_body"},
    {FaultKind::MissingAsset, "missing_asset"},
    {FaultKind::RefusedAsset, "refused_asset"},
    {FaultKind::NullPrice, "null_price"},
    {FaultKind::ZeroPrice, "zero_price"},
    {FaultKind::StringPrice, "string_price"},
    {FaultKind::OddAsset, "odd_asset"},
    {FaultKind::WrongCreditCount, "wrong_credit_count"},
    {FaultKind::MalformedJson, "malformed_json"},
    {FaultKind::TruncatedBody, "truncated_body"},
    {FaultKind::SlowFirstByte, "slow_first_byte"},
    {FaultKind::SlowBody, "slow_body"},
    {FaultKind::Hang, "hang"},
    {FaultKind::ResetBeforeHeaders, "reset_before_headers"},
    {FaultKind::ResetAfterHeaders, "reset_after_headers"},
    {FaultKind::CloseKeepalive, "close_keepalive"},
}};

}  // namespace

std::string_view to_text(FaultKind kind) {
  for (const auto& [known, name] : kNames) {
    if (known == kind) return name;
  }
  return "unknown";
}

std::optional<FaultKind> fault_kind(std::string_view name) {
  for (const auto& [kind, known] : kNames) {
    if (known == name) return kind;
  }
  return std::nullopt;
}

const Fault* Effects::find(FaultKind kind) const {
  const auto found = std::ranges::find(faults_, kind, &Fault::kind);
  return found == faults_.end() ? nullptr : &*found;
}

bool Effects::drops(std::int64_t asset) const {
  return std::ranges::any_of(faults_, [&](const Fault& fault) {
    return fault.kind == FaultKind::MissingAsset && fault.concerns(asset);
  });
}

bool Effects::refuses(std::int64_t asset) const {
  return std::ranges::any_of(faults_, [&](const Fault& fault) {
    return fault.kind == FaultKind::RefusedAsset && fault.concerns(asset);
  });
}

std::optional<FaultKind> Effects::price_fault(std::int64_t asset) const {
  for (const Fault& fault : faults_) {
    const bool spoils = fault.kind == FaultKind::NullPrice || fault.kind == FaultKind::ZeroPrice ||
                        fault.kind == FaultKind::StringPrice;
    if (spoils && fault.concerns(asset)) return fault.kind;
  }
  return std::nullopt;
}

bool Effects::is_odd(std::int64_t asset) const {
  return std::ranges::any_of(faults_, [asset](const Fault& fault) {
    return fault.kind == FaultKind::OddAsset && fault.concerns(asset);
  });
}

std::uint64_t FaultBox::add(Fault fault) {
  fault.number = next_number_++;
  faults_.push_back(std::move(fault));
  return faults_.back().number;
}

void FaultBox::clear() {
  faults_.clear();
  ++clearings_;
}

Effects FaultBox::draw(std::string_view path) {
  std::vector<Fault> drawn;
  for (Fault& fault : faults_) {
    if (!path.starts_with(fault.path)) continue;
    if (std::uniform_real_distribution<>(0, 1)(random_) >= fault.probability) continue;
    drawn.push_back(fault);
    if (fault.count > 0) --fault.count;
  }
  std::erase_if(faults_, [](const Fault& fault) { return fault.count == 0; });
  return Effects(std::move(drawn));
}

}  // namespace cmcsim
