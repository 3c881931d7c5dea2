#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <set>

#include "core/base/hash.h"
#include "core/sql/template.h"
#include "core/workload/control.h"
#include "core/workload/mask.h"
#include "core/workload/merge.h"
#include "core/workload/partial.h"
#include "core/workload/session_machine.h"

namespace foreshard::workload {

namespace {

bool isWrite(const sql::StatementFacts& facts) {
    return std::any_of(facts.tables.begin(), facts.tables.end(), [](const sql::TableUse& use) { return use.written; });
}

LiteralForm formOf(sql::LiteralKind kind) {
    switch (kind) {
        case sql::LiteralKind::number:
        case sql::LiteralKind::boolean: return LiteralForm::bare;
        case sql::LiteralKind::string:
        case sql::LiteralKind::bytes: return LiteralForm::quoted;
        case sql::LiteralKind::null: return LiteralForm::null;
        case sql::LiteralKind::parameter: return LiteralForm::missing;
    }
    return LiteralForm::missing;
}

// The names of a log's sessions differ at their ends.
size_t recentSlot(std::string_view name) {
    uint32_t tail = 0;
    if (const size_t size = std::min<size_t>(name.size(), 4)) std::memcpy(&tail, name.data() + name.size() - size, size);
    return (tail * 0x9e3779b1u) >> 26;
}

struct NameHash {
    using is_transparent = void;
    size_t operator()(std::string_view name) const { return hashText(name); }
};
struct NameEqual {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const { return a == b; }
};

}  // namespace

struct RangeState {
    RangeState(std::shared_ptr<const schema::Schema> theSchema, PartialOptions theOptions)
        : schema(std::move(theSchema)),
          options(theOptions),
          catalog(schema, options.maxTemplates),
          tally(std::in_place, catalog, options, firstInterval()),
          machine(catalog, *tally, options),
          shapeTexts(sql::Scan::shapeSlots) {}

    Instant firstInterval() const { return options.interval > 0 ? options.interval : calendarIntervals[0]; }

    SessionFragment& session(std::string_view name);
    void readLiterals(const CallEvent& event, const sql::Scan& scan, const TextEntry& text);
    void splitArray(LiteralRef literal);
    void shortenLists();
    void maskLiterals(TextEntry& text);
    SettingValue masked(std::string_view name, SettingValue value);
    void noteTime(Instant time);
    void control(const Control& what, const CallEvent& event, SessionFragment& s);
    void call(const CallEvent& event, SessionFragment& s, const sql::Scan& scan, TextEntry& text);
    TextEntry* textOfShape(const sql::Scan& scan, std::string_view database);
    TextEntry& textOf(const sql::Scan& scan, const CallEvent& event);
    uint32_t databaseId(std::string_view database);
    void setting(const sql::StatementFacts& facts, const CallEvent& event, SessionFragment& s);
    void countCall(const CallEvent& event, const sql::Scan& scan, const TextTemplate& text);
    void boundWaiting(SessionFragment& s, size_t headBefore, size_t waitingBefore);

    std::shared_ptr<const schema::Schema> schema;
    PartialOptions options;
    Catalog catalog;
    std::optional<Tally> tally;        // keeps its address: the machine holds it
    SessionMachine machine;
    sql::TemplateScanner scanner;
    // Texts by the scanner's shapes: neither hashed nor looked up a second time.
    struct ShapeText {
        uint64_t shape = 0;
        uint32_t database = 0;
        TextEntry* text = nullptr;
    };
    std::vector<ShapeText> shapeTexts;
    std::vector<std::string> databases;
    uint32_t lastDatabase = 0;

    PartialData data;                  // of the open range
    PartialSource source;
    std::string sourceName;
    uint64_t sourceHash = 0;
    uint64_t begin = 0;
    bool autocommitTold = true;
    absl::flat_hash_map<std::string, std::unique_ptr<SessionFragment>, NameHash, NameEqual> sessions;
    SessionFragment noSession = SessionMachine::known();
    // Sessions used lately, by the end of their names.
    struct Recent {
        std::string name;
        uint64_t hash = 0;
        SessionFragment* fragment = nullptr;
    };
    static constexpr size_t recentSlots = 64;
    std::array<Recent, recentSlots> recent;
    void forgetRecent();
    uint64_t identity = 0;             // of the source and the session that session() gave last
    void identify(uint64_t of) { machine.setIdentity(identity = of); }
    uint64_t lastOffset = 0, lastIdentity = 0;
    uint16_t ordinal = 0;
    uint64_t waitingBytes = 0;

    std::vector<LiteralRef> literals;
    std::deque<std::string> arrayTexts;   // what literals of arrays point to
    std::optional<Masker> masker;         // where values are masked
    std::string masks;                    // of the literals
    std::vector<LiteralRef> pathLiterals; // a search_path, which is not masked
    std::string everySchema;              // as a search_path
    std::string record;
    std::string sessionScratch;
};

// Without a name each call stands alone.
SessionFragment& RangeState::session(std::string_view name) {
    if (name.empty()) {
        identify(sourceHash);
        return noSession;
    }
    Recent& slot = recent[recentSlot(name)];
    if (slot.fragment && slot.name == name) {
        identify(slot.hash);
        return *slot.fragment;
    }
    auto place = sessions.find(name);
    const uint64_t hash = combineHash(sourceHash, hashText(name));
    if (place == sessions.end()) {
        auto fresh = std::make_unique<SessionFragment>(begin == 0 ? SessionMachine::known() : autocommitTold ? SessionFragment() : SessionMachine::untold());
        place = sessions.emplace(std::string(name), std::move(fresh)).first;
        data.sessions.add(hash);
    }
    slot.name = name;
    slot.hash = hash;
    slot.fragment = place->second.get();
    identify(hash);
    return *slot.fragment;
}

void RangeState::forgetRecent() {
    for (auto& slot : recent) slot.fragment = nullptr;
}

// = ANY('{1,2}'): the elements are the slot's values.
void RangeState::splitArray(LiteralRef literal) {
    auto elements = sql::arrayElements(literal.text);
    if (!elements) {
        literals.push_back({literal.slot, LiteralForm::missing, {}});
        return;
    }
    if (elements->empty()) literals.push_back({literal.slot, LiteralForm::null, {}});   // equals nothing
    for (auto& element : *elements) {
        LiteralRef ref{literal.slot, element ? LiteralForm::quoted : LiteralForm::null, {}};
        if (element) {
            arrayTexts.push_back(std::move(*element));
            ref.text = arrayTexts.back();
        }
        literals.push_back(ref);
    }
}

void RangeState::readLiterals(const CallEvent& event, const sql::Scan& scan, const TextEntry& text) {
    literals.clear();
    arrayTexts.clear();
    for (const auto& literal : scan.literals) {
        LiteralRef ref{literal.slot, formOf(literal.kind), literal.text};
        if (literal.kind == sql::LiteralKind::parameter) {
            const bool known = event.parametersKnown && literal.parameter > 0 && literal.parameter <= event.parameters.size();
            ++(known ? source.literalsKnown : source.literalsMissing);
            if (known) {
                const auto& value = event.parameters[literal.parameter - 1];
                ref.form = value ? LiteralForm::quoted : LiteralForm::null;
                ref.text = value ? *value : std::string_view();
                if (ref.text == cutParameter) ref = {literal.slot, LiteralForm::missing, {}};
            }
        }
        const bool array = ref.form == LiteralForm::quoted && literal.slot < text.arraySlots.size() && text.arraySlots[literal.slot];
        if (array) splitArray(ref);
        else literals.push_back(ref);
    }
    if (literals.size() > options.valuesPerSlot) shortenLists();
}

static std::set<std::string> schemaNames(const schema::Schema& schema) {
    std::set<std::string> names;
    for (const auto& table : schema.tables) names.insert(table.schema);
    return names;
}

// Types are those of the columns wherever the tables lie, so that a mask does not hang on what SET said.
void RangeState::maskLiterals(TextEntry& text) {
    if (everySchema.empty())
        for (const auto& name : schemaNames(*schema)) everySchema += (everySchema.empty() ? "" : std::string(1, pathSeparator)) + name;
    const auto& types = (text.only ? *text.only : catalog.resolve(text, everySchema)).resolution.slotTypes;
    masks.resize(literals.size() * Masker::maskBytes);
    for (size_t i = 0; i < literals.size(); ++i) {
        auto& literal = literals[i];
        if (literal.form > LiteralForm::quoted) continue;
        const auto mask = masker->mask(valueOf(literal, literal.slot < types.size() ? types[literal.slot] : ValueType::unknown));
        char* const place = masks.data() + i * Masker::maskBytes;
        std::memcpy(place, mask.data(), Masker::maskBytes);
        literal = {literal.slot, LiteralForm::quoted, {place, Masker::maskBytes}};
    }
}

SettingValue RangeState::masked(std::string_view name, SettingValue value) {
    if (masker && value && name != "search_path" && *value != unknownSetting) value = std::string(masker->mask(canonicalValue(*value, true, ValueType::unknown)));
    return value;
}

void RangeState::shortenLists() {
    std::vector<uint32_t> seen;
    size_t kept = 0;
    for (const auto& literal : literals) {
        if (literal.slot > 65'535) continue;
        if (seen.size() <= literal.slot) seen.resize(literal.slot + 1);
        const uint32_t count = ++seen[literal.slot];
        if (count > options.valuesPerSlot + 1) continue;
        literals[kept] = literal;
        if (count == options.valuesPerSlot + 1) literals[kept] = {literal.slot, LiteralForm::missing, {}};
        ++kept;
    }
    literals.resize(kept);
}

void RangeState::noteTime(Instant time) {
    if (data.first && time >= *data.first && time <= *data.last) return;
    data.first = data.first ? std::min(*data.first, time) : time;
    data.last = data.last ? std::max(*data.last, time) : time;
    if (options.interval > 0) return;
    const Instant interval = intervalForSpan(*data.first, *data.last);
    if (interval > tally->interval()) tally->setInterval(interval);
}

void RangeState::control(const Control& what, const CallEvent& event, SessionFragment& s) {
    if (event.failed && what.kind != ControlKind::commit && what.kind != ControlKind::rollback) return machine.failed(s);
    if (what.kind < ControlKind::set) source.sawControl = true;
    switch (what.kind) {
        case ControlKind::begin: machine.begin(s, event.virtualTransactionId); break;
        case ControlKind::commit: event.failed ? machine.rollback(s) : machine.commit(s); break;
        case ControlKind::commitAndChain: machine.commit(s), machine.begin(s, {}); break;
        case ControlKind::rollback: machine.rollback(s); break;
        case ControlKind::rollbackAndChain: machine.rollback(s), machine.begin(s, {}); break;
        case ControlKind::savepoint: machine.savepoint(s, what.name); break;
        case ControlKind::rollbackTo: machine.rollbackTo(s, what.name); break;
        case ControlKind::release: machine.release(s, what.name); break;
        case ControlKind::set: machine.set(s, event.virtualTransactionId, what.name, masked(what.name, what.value), false); break;
        case ControlKind::setLocal: machine.set(s, event.virtualTransactionId, what.name, masked(what.name, what.value), true); break;
        case ControlKind::resetAll: machine.resetAll(s); break;
        case ControlKind::none:
        case ControlKind::other: break;
    }
}

// set_config(): like SET, alone or in a query. `literals` are the statement's.
void RangeState::setting(const sql::StatementFacts& facts, const CallEvent& event, SessionFragment& s) {
    if (&s == &noSession || !isKeptSetting(facts.setting)) return;
    if (event.failed) return machine.failed(s);
    SettingValue value = std::string(unknownSetting);
    for (const auto& literal : masker && facts.setting == "search_path" ? pathLiterals : literals) {
        if (std::find(facts.settingSlots.begin(), facts.settingSlots.end(), literal.slot) == facts.settingSlots.end()) continue;
        if (literal.form == LiteralForm::null) value.reset();
        else if (literal.form != LiteralForm::missing) value = settingValue(facts.setting, literal.text);
    }
    machine.set(s, event.virtualTransactionId, facts.setting, value, facts.settingLocal);
}

void RangeState::countCall(const CallEvent& event, const sql::Scan& scan, const TextTemplate& text) {
    ++data.callsLogged;
    noteTime(event.time);
    if (event.cut || scan.cut) ++source.coverage.cutStatements;
    if (!text.facts->parsed) ++data.unparsedCalls;
    if (text.facts->kind == sql::StatementKind::select && !source.sawSelect) source.sawSelect = !isWrite(*text.facts);
    if (!source.sawWrite) source.sawWrite = isWrite(*text.facts);
    if (text.facts->kind != sql::StatementKind::ddl || event.failed) return;
    std::string table;
    if (!text.facts->tables.empty()) table = resolveTables(*text.facts, *schema, {}).front();
    addSchemaEvent(data, {event.time, text.text, table});
}

// From 1; 0 where there are too many.
uint32_t RangeState::databaseId(std::string_view database) {
    if (lastDatabase > 0 && databases[lastDatabase - 1] == database) return lastDatabase;
    auto place = std::find(databases.begin(), databases.end(), database);
    if (place == databases.end()) {
        if (databases.size() >= 64) return 0;
        databases.emplace_back(database);
        place = databases.end() - 1;
    }
    return lastDatabase = static_cast<uint32_t>(place - databases.begin()) + 1;
}

TextEntry* RangeState::textOfShape(const sql::Scan& scan, std::string_view database) {
    const auto& known = shapeTexts[scan.shape % sql::Scan::shapeSlots];
    return known.shape == scan.shape && known.database == databaseId(database) ? known.text : nullptr;
}

TextEntry& RangeState::textOf(const sql::Scan& scan, const CallEvent& event) {
    const uint64_t key = textKey(scan.fingerprint, event.database);
    auto* text = catalog.find(key);
    if (!text) text = &catalog.add(key, scan, event.database, event.statement);
    const uint32_t database = databaseId(event.database);
    if (scan.shape != 0 && database != 0) shapeTexts[scan.shape % sql::Scan::shapeSlots] = {scan.shape, database, text};
    return *text;
}

void RangeState::call(const CallEvent& event, SessionFragment& s, const sql::Scan& scan, TextEntry& given) {
    auto* text = &given;
    readLiterals(event, scan, *text);
    const auto& facts = *text->text.facts;
    if (masker) {
        if (facts.setting == "search_path") pathLiterals = literals;   // names of schemas are no values
        maskLiterals(*text);
    }
    if (facts.kind == sql::StatementKind::set) return setting(facts, event, s);
    if (text->key == 0) data.overTemplates = true;
    countCall(event, scan, text->text);

    RecordHead head;
    head.key = text->key;
    head.offset = event.offset;
    head.ordinal = ordinal;
    head.time = event.time;
    head.duration = event.duration;
    head.rows = event.rows;
    head.weight = event.weight > 0 ? event.weight : weightOne;
    head.flags = event.failed ? recordFailed : 0;
    machine.approach(s, event.virtualTransactionId, event.failed);
    const auto* entry = text->only && facts.sessionValues.empty() ? text->only : machine.entryOf(*text, s, literals);
    if (entry) {
        head.key = entry->fingerprint;
        tally->call(*entry, head, literals);
    } else {
        head.flags |= recordUnresolved;
    }
    record.clear();
    machine.call(s, event.virtualTransactionId, appendRecord(record, head, literals));
    if (!facts.setting.empty() && !event.failed) setting(facts, event, s);
}

// Past the limit of what may wait, a session is taken to begin outside a transaction, with default settings.
void RangeState::boundWaiting(SessionFragment& s, size_t headBefore, size_t waitingBefore) {
    waitingBytes += s.head.size() - std::min(headBefore, s.head.size());
    for (size_t i = waitingBefore; i < s.waiting.size(); ++i) waitingBytes += s.waiting[i].bytes();
    if (waitingBytes <= options.waitingBytes || (s.phase != Phase::unknown && s.waiting.empty())) return;
    size_t freed = s.head.size();
    for (const auto& transaction : s.waiting) freed += transaction.bytes();
    waitingBytes -= std::min(waitingBytes, freed);
    machine.settle(s);
    data.overWaiting = true;
}

PartialBuilder::PartialBuilder(std::shared_ptr<const schema::Schema> schema, PartialOptions options, std::shared_ptr<const MaskKey> mask)
    : state_(std::make_unique<RangeState>(schema ? std::move(schema) : std::make_shared<const schema::Schema>(), options)) {
    if (options.mask == 0) return;
    assert(mask && mask->check() == options.mask);
    state_->masker.emplace(std::move(mask));
}
PartialBuilder::~PartialBuilder() = default;
PartialBuilder::PartialBuilder(PartialBuilder&&) noexcept = default;
PartialBuilder& PartialBuilder::operator=(PartialBuilder&&) noexcept = default;

void PartialBuilder::beginRange(std::string_view source, uint64_t beginOffset, bool autocommitTold) {
    auto& s = *state_;
    s.data = PartialData();
    s.data.schema = s.schema;
    s.data.options = s.options;
    s.source = PartialSource();
    s.sourceName = source;
    s.sourceHash = hashText(source);
    s.begin = beginOffset;
    s.autocommitTold = autocommitTold;
    s.sessions.clear();
    s.noSession = SessionMachine::known();
    s.forgetRecent();
    s.ordinal = 0;
    s.lastOffset = UINT64_MAX;
    s.waitingBytes = 0;
    // A new tally: the width of the last range must not decide this one's.
    s.tally.emplace(s.catalog, s.options, s.firstInterval());
}

void PartialBuilder::add(const CallEvent& event) {
    auto& s = *state_;
    std::string_view name = event.session;
    if (name.empty() && !event.virtualTransactionId.empty()) {
        s.sessionScratch = "v";
        s.sessionScratch += event.virtualTransactionId.substr(0, event.virtualTransactionId.find('/'));
        name = s.sessionScratch;
    }
    auto& session = s.session(name);
    // Events of one session that share an offset count on; those of another begin anew, so that their order is no matter.
    s.ordinal = event.offset == s.lastOffset && s.identity == s.lastIdentity ? static_cast<uint16_t>(s.ordinal + 1) : uint16_t{0};
    s.lastOffset = event.offset;
    s.lastIdentity = s.identity;
    const size_t headBefore = session.head.size(), waitingBefore = session.waiting.size();
    // A text that was a call before is one again.
    const auto* known = s.scanner.known(event.statement);
    if (auto* text = known ? s.textOfShape(*known, event.database) : nullptr) {
        s.call(event, session, *known, *text);
    } else if (const auto control = controlOf(event.statement); control.kind != ControlKind::none) {
        if (!name.empty()) s.control(control, event, session);
    } else {
        const auto& scan = s.scanner.scan(event.statement);
        if (scan.tokens > 0) s.call(event, session, scan, s.textOf(scan, event));   // else comments and blanks
    }
    if (s.begin > 0) s.boundWaiting(session, headBefore, waitingBefore);
}

void PartialBuilder::sessionStarted(const SessionEvent& event) {
    if (event.session.empty()) return;
    state_->machine.sessionStarted(state_->session(event.session));
}

void PartialBuilder::sessionEnded(const SessionEvent& event) {
    auto& s = *state_;
    if (event.session.empty()) return;
    auto& session = s.session(event.session);
    s.machine.sessionEnded(session);
    if (s.begin > 0 || !session.trivial()) return;
    s.sessions.erase(std::string(event.session));
    s.recent[recentSlot(event.session)].fragment = nullptr;
}

uint64_t PartialBuilder::callsSoFar() const { return state_->data.callsLogged; }

Partial PartialBuilder::finishRange(uint64_t endOffset, const RangeNotes& notes) {
    auto& s = *state_;
    const uint64_t cut = s.source.coverage.cutStatements;
    s.source.coverage = notes.coverage;
    s.source.coverage.cutStatements += cut;
    if (s.source.coverage.source.empty()) s.source.coverage.source = s.sourceName;
    s.source.transactionsBy = s.tally->transactionsBy();
    s.tally->moveInto(s.data);
    s.data.lines = notes.lines;
    s.data.bytes = endOffset - std::min(s.begin, endOffset);
    s.data.diagnostics = notes.diagnostics;
    Span span{s.begin, std::max(s.begin, endOffset), {}};
    for (auto& [name, fragment] : s.sessions)
        if (s.begin > 0 || !fragment->trivial()) span.sessions.emplace(name, std::move(*fragment));
    s.source.spans.push_back(std::move(span));
    s.data.sources.emplace(s.sourceName, std::move(s.source));
    s.sessions.clear();
    s.forgetRecent();
    collectWaitingTemplates(s.data, [&](uint64_t key) -> const TextTemplate* {
        const auto* text = s.catalog.find(key);
        return text ? &text->text : nullptr;
    });
    applyLimits(s.data);
    auto data = std::make_unique<PartialData>(std::move(s.data));
    s.data = PartialData();
    return Partial(std::move(data));
}

}  // namespace foreshard::workload
