// What may be a secret in the target of a request, blanked wherever a target is written down.
//
// Pure.
#pragma once

#include <string>
#include <string_view>

namespace quotecached {

// The target with "REDACTED" in place of the values of parameters whose names speak of
// secrets, however they are spelled: with "token", "api_key", "password", "secret", "signature",
// "credential" or "authorization" in them, or with one of the words "key", "sig", "auth", "pass",
// "passphrase", "pwd", "jwt", "session". A value ends at the next "&"; some programs end parameters
// at ";", so a name after one counts, too.
[[nodiscard]] std::string redacted(std::string_view target);

}  // namespace quotecached
