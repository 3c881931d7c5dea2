// Passwords in URIs and connection strings. A project file never holds one; libpq has its own places for them. Pure.
#pragma once

#include <string_view>

namespace foreshard::project {

// True for "…://user:secret@host…", and for a password=… (also sslpassword, pwd) parameter in any spelling. When in
// doubt: true.
bool carriesSecret(std::string_view uri);

}  // namespace foreshard::project
