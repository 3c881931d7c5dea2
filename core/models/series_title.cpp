#include "core/models/series_title.h"

#include <fmt/format.h>

#include <algorithm>

namespace foreshard::models {

std::string seriesTitle(const std::string& name, size_t templates, size_t limit) {
    const std::string more = templates > 1 ? fmt::format(" + {} more", templates - 1) : std::string();
    // Of several the statement only says where the series begins: its first words are enough.
    const size_t room = std::max<size_t>(templates > 1 ? std::min<size_t>(limit, 24) : limit, 8);
    if (name.size() <= room) return name + more;
    size_t cut = room;
    while (cut > 0 && (static_cast<unsigned char>(name[cut]) & 0xc0) == 0x80) --cut;   // not inside a UTF-8 character
    if (const size_t space = name.rfind(' ', cut); templates > 1 && space != std::string::npos && space > 4) cut = space;
    return name.substr(0, cut) + (templates > 1 ? " …" : "…") + more;
}

}  // namespace foreshard::models
