#include "core/base/time_zone.h"

#include <date/tz.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

namespace foreshard {

namespace {

struct FixedZone { std::string_view name; int seconds; };
struct MovingZone { std::string_view name, zone; };

// The set "Default" of PostgreSQL 15 (share/timezonesets/Default), which a server reads abbreviations by, and those of its other sets
// that a server writes where log_timezone names such a zone and that have one meaning (CAT, ChST, HDT, SST, WEST, WIB, WIT, WITA).
// Sorted by name, as both are searched.
constexpr auto fixedZones = std::to_array<FixedZone>({
    {"ACDT", 37800}, {"ACSST", 37800}, {"ACST", 34200}, {"ACT", -18000}, {"ACWST", 31500}, {"ADT", -10800}, {"AEDT", 39600}, {"AESST", 39600},
    {"AEST", 36000}, {"AFT", 16200}, {"AKDT", -28800}, {"AKST", -32400}, {"ALMST", 25200}, {"ALMT", 21600}, {"AMT", -14400}, {"AST", -14400},
    {"AWSST", 32400}, {"AWST", 28800}, {"AZOST", 0}, {"AZOT", -3600}, {"BDST", 7200}, {"BDT", 21600}, {"BNT", 28800}, {"BORT", 28800},
    {"BOT", -14400}, {"BRA", -10800}, {"BRST", -7200}, {"BRT", -10800}, {"BST", 3600}, {"BTT", 21600}, {"CADT", 37800}, {"CAST", 34200},
    {"CAT", 7200}, {"CCT", 28800}, {"CDT", -18000}, {"CEST", 7200}, {"CET", 3600}, {"CETDST", 7200}, {"CHADT", 49500}, {"CHAST", 45900},
    {"CHUT", 36000}, {"CLST", -10800}, {"COT", -18000}, {"CST", -21600}, {"CXT", 25200}, {"ChST", 36000}, {"DDUT", 36000}, {"EAT", 10800},
    {"EDT", -14400}, {"EEST", 10800}, {"EET", 7200}, {"EETDST", 10800}, {"EGST", 0}, {"EGT", -3600}, {"EST", -18000}, {"FET", 10800}, {"FJST", 46800},
    {"FJT", 43200}, {"FNST", -3600}, {"FNT", -7200}, {"GALT", -21600}, {"GAMT", -32400}, {"GFT", -10800}, {"GILT", 43200}, {"GMT", 0},
    {"HDT", -32400}, {"HKT", 28800}, {"HST", -36000}, {"ICT", 25200}, {"IDT", 10800}, {"IRT", 12600}, {"IST", 7200}, {"JAYT", 32400}, {"JST", 32400},
    {"KDT", 36000}, {"KGST", 21600}, {"KST", 32400}, {"LHST", 37800}, {"LIGT", 36000}, {"MART", -34200}, {"MDT", -21600}, {"MEST", 7200},
    {"MESZ", 7200}, {"MET", 3600}, {"METDST", 7200}, {"MEZ", 3600}, {"MHT", 43200}, {"MMT", 23400}, {"MPT", 36000}, {"MSD", 14400}, {"MST", -25200},
    {"MUST", 18000}, {"MUT", 14400}, {"MVT", 18000}, {"MYT", 28800}, {"NDT", -9000}, {"NFT", -12600}, {"NPT", 20700}, {"NST", -12600},
    {"NZDT", 46800}, {"NZST", 43200}, {"NZT", 43200}, {"PDT", -25200}, {"PET", -18000}, {"PGT", 36000}, {"PHT", 28800}, {"PKST", 21600},
    {"PKT", 18000}, {"PMDT", -7200}, {"PMST", -10800}, {"PONT", 39600}, {"PST", -28800}, {"PWT", 32400}, {"PYST", -10800}, {"RET", 14400},
    {"SADT", 37800}, {"SAST", 7200}, {"SCT", 14400}, {"SST", -39600}, {"TAHT", -36000}, {"TFT", 18000}, {"TJT", 18000}, {"TOT", 46800},
    {"TRUT", 36000}, {"TVT", 43200}, {"UCT", 0}, {"ULAST", 32400}, {"UT", 0}, {"UTC", 0}, {"UYST", -7200}, {"UYT", -10800}, {"UZST", 21600},
    {"UZT", 18000}, {"VUT", 39600}, {"WADT", 28800}, {"WAKT", 43200}, {"WAST", 25200}, {"WAT", 3600}, {"WDT", 32400}, {"WEST", 3600}, {"WET", 0},
    {"WETDST", 3600}, {"WFT", 43200}, {"WGST", -7200}, {"WGT", -10800}, {"WIB", 25200}, {"WIT", 32400}, {"WITA", 28800}, {"XJT", 21600},
    {"YAPT", 36000}, {"YEKST", 21600}, {"Z", 0}, {"ZULU", 0}});

// Those whose offset has changed over the years: PostgreSQL asks the zone.
constexpr auto movingZones = std::to_array<MovingZone>({
    {"AMST", "Asia/Yerevan"}, {"ANAST", "Asia/Anadyr"}, {"ANAT", "Asia/Anadyr"}, {"ARST", "America/Argentina/Buenos_Aires"},
    {"ART", "America/Argentina/Buenos_Aires"}, {"AZST", "Asia/Baku"}, {"AZT", "Asia/Baku"}, {"CKT", "Pacific/Rarotonga"}, {"CLT", "America/Santiago"},
    {"DAVT", "Antarctica/Davis"}, {"EASST", "Pacific/Easter"}, {"EAST", "Pacific/Easter"}, {"FKST", "Atlantic/Stanley"}, {"FKT", "Atlantic/Stanley"},
    {"GEST", "Asia/Tbilisi"}, {"GET", "Asia/Tbilisi"}, {"GYT", "America/Guyana"}, {"IOT", "Indian/Chagos"}, {"IRKST", "Asia/Irkutsk"},
    {"IRKT", "Asia/Irkutsk"}, {"KGT", "Asia/Bishkek"}, {"KOST", "Pacific/Kosrae"}, {"KRAST", "Asia/Krasnoyarsk"}, {"KRAT", "Asia/Krasnoyarsk"},
    {"LHDT", "Australia/Lord_Howe"}, {"LINT", "Pacific/Kiritimati"}, {"LKT", "Asia/Colombo"}, {"MAGST", "Asia/Magadan"}, {"MAGT", "Asia/Magadan"},
    {"MAWT", "Antarctica/Mawson"}, {"MSK", "Europe/Moscow"}, {"NOVST", "Asia/Novosibirsk"}, {"NOVT", "Asia/Novosibirsk"}, {"NUT", "Pacific/Niue"},
    {"OMSST", "Asia/Omsk"}, {"OMST", "Asia/Omsk"}, {"PETST", "Asia/Kamchatka"}, {"PETT", "Asia/Kamchatka"}, {"PYT", "America/Asuncion"},
    {"SGT", "Asia/Singapore"}, {"TKT", "Pacific/Fakaofo"}, {"TMT", "Asia/Ashgabat"}, {"ULAT", "Asia/Ulaanbaatar"}, {"VET", "America/Caracas"},
    {"VLAST", "Asia/Vladivostok"}, {"VLAT", "Asia/Vladivostok"}, {"VOLT", "Europe/Volgograd"}, {"YAKST", "Asia/Yakutsk"}, {"YAKT", "Asia/Yakutsk"},
    {"YEKT", "Asia/Yekaterinburg"}});

template <typename Zones>
auto find(const Zones& zones, std::string_view name) {
    const auto at = std::lower_bound(zones.begin(), zones.end(), name, [](const auto& zone, std::string_view wanted) { return zone.name < wanted; });
    return at != zones.end() && at->name == name ? at : zones.end();
}

const date::time_zone* zoneNamed(std::string_view name) {
    try {
        return date::locate_zone(std::string(name));
    } catch (const std::exception&) {
        return nullptr;
    }
}

date::local_info infoAt(const void* zone, int64_t local) {
    return static_cast<const date::time_zone*>(zone)->get_info(date::local_seconds{std::chrono::seconds{local}});
}

}  // namespace

std::optional<TimeZone> TimeZone::named(std::string_view name) {
    TimeZone out;
    out.zone_ = zoneNamed(name);
    return out.zone_ ? std::optional(out) : std::nullopt;
}

int TimeZone::offsetAt(int64_t local) const {
    return zone_ ? static_cast<int>(infoAt(zone_, local).first.offset.count()) : 0;
}

std::optional<int> TimeZone::offsetOf(std::string_view abbreviation, int64_t local) const {
    if (!zone_) return std::nullopt;
    // A log's day may begin before a change and its times stand behind it; and clocks of people are looked up half a year off.
    constexpr int64_t day = 86'400;
    for (const int64_t shift : {int64_t(0), day, -day, 91 * day, -91 * day, 182 * day, -182 * day}) {
        const auto info = infoAt(zone_, local + shift);
        for (const auto* side : {&info.first, &info.second})
            if (side->abbrev == abbreviation) return static_cast<int>(side->offset.count());
    }
    return std::nullopt;
}

std::optional<int> offsetOfAbbreviation(std::string_view abbreviation, int64_t local) {
    if (const auto fixed = find(fixedZones, abbreviation); fixed != fixedZones.end()) return fixed->seconds;
    const auto moving = find(movingZones, abbreviation);
    if (moving == movingZones.end()) return std::nullopt;
    const auto zone = TimeZone::named(moving->zone);
    if (!zone) return std::nullopt;
    if (const auto own = zone->offsetOf(abbreviation, local)) return own;
    return zone->offsetAt(local);
}

}  // namespace foreshard
