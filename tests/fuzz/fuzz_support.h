// What several fuzz targets share: a property that must hold, and damage to sound bytes by a script that the fuzzer writes.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/hash.h"

namespace foreshard::fuzz {

// Not assert(): it must hold in release builds too.
inline void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

inline std::string_view viewOf(const uint8_t* data, size_t size) { return {reinterpret_cast<const char*>(data), size}; }

// Damages `bytes` from `first` on: the script is read in steps of four bytes, of which each sets, flips, cuts, doubles or
// inserts something. An empty script leaves them sound.
inline std::string damaged(std::string bytes, size_t first, std::string_view script) {
    for (size_t at = 0; at + 4 <= script.size() && at < 64; at += 4) {
        if (bytes.size() <= first) break;
        const auto byte = [&](size_t i) { return static_cast<uint8_t>(script[at + i]); };
        const size_t room = bytes.size() - first;
        const size_t place = first + (byte(1) * 251u + byte(2) * 65'537u) % room;
        switch (byte(0) % 6) {
            case 0: bytes[place] = static_cast<char>(byte(3)); break;
            case 1: bytes[place] = static_cast<char>(bytes[place] ^ (1 << byte(3) % 8)); break;
            case 2: bytes.resize(place); break;
            case 3: bytes.insert(place, bytes.substr(place, byte(3))); break;
            case 4: bytes.erase(place, byte(3)); break;
            default: bytes.insert(place, 1 + byte(3) % 9, static_cast<char>(0xff)); break;
        }
    }
    return bytes;
}

// The body of a sealed blob (workload/blob.h) is damaged and sealed again, so that the checksum does not keep the damage out.
inline std::string damagedBlob(std::string_view blob, size_t magicSize, uint32_t version, std::string_view script) {
    ByteReader in(blob.substr(magicSize));
    in.varint();
    in.fixed64();
    const std::string body = damaged(std::string(in.view()), 0, script);
    ByteWriter out;
    for (const char c : blob.substr(0, magicSize)) out.u8(static_cast<uint8_t>(c));
    out.varint(version);
    out.fixed64(hashText(body));
    out.text(body);
    return out.take();
}

}  // namespace foreshard::fuzz
