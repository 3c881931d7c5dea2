#include "core/sql/keywords.h"

namespace foreshard::sql {

namespace {

struct Entry {
    std::string_view text;
    Word word;
    uint8_t after;
    bool reserved;
    bool upper;
    uint8_t shape;
};

constexpr uint8_t operand = follow::operand;
constexpr uint8_t keywordsOnly = follow::operand | follow::noValueWord;

constexpr Entry reserved(std::string_view text, uint8_t after = 0, Word word = Word::other) {
    return {text, word, after, true, true, 0};
}
constexpr Entry plain(std::string_view text, uint8_t after = 0, Word word = Word::other) {
    return {text, word, after, false, true, 0};
}
// A function whose literal arguments (bits of `shape`) say which expression it is, not which value is looked for.
constexpr Entry shaping(std::string_view text, uint8_t shape) { return {text, Word::other, 0, false, false, shape}; }

constexpr uint8_t first = 0x01;
constexpr uint8_t allButFirst = 0xfe;

// clang-format off
constexpr Entry entries[] = {
    // An operand follows.
    reserved("select", operand, Word::select), reserved("where", operand), reserved("and", operand),
    reserved("or", operand), reserved("in", operand, Word::in), plain("between", operand), reserved("like", operand),
    reserved("ilike", operand), reserved("then", operand), reserved("else", operand), reserved("when", operand),
    reserved("case", operand), reserved("limit", operand), reserved("offset", operand),
    plain("values", operand, Word::values), reserved("returning", operand), reserved("having", operand),
    plain("by", operand), reserved("distinct", operand), reserved("all", operand), reserved("any", operand),
    reserved("some", operand), reserved("from", operand), reserved("union", operand), reserved("except", operand),
    reserved("intersect", operand), reserved("to", operand, Word::to), plain("escape", operand),
    reserved("symmetric", operand), reserved("fetch", operand),
    // An operand may follow, but NULL, TRUE and FALSE after it are keywords.
    reserved("not", keywordsOnly), reserved("is", keywordsOnly), reserved("default", keywordsOnly, Word::default_),
    plain("set", keywordsOnly, Word::set), reserved("on", keywordsOnly), plain("returns", keywordsOnly),
    // No operand follows.
    reserved("array", 0, Word::array), reserved("true", 0, Word::true_), reserved("false", 0, Word::false_),
    reserved("null", 0, Word::null_), reserved("with", 0, Word::with), reserved("table", 0, Word::table),
    plain("role", 0, Word::role), plain("authorization", 0, Word::role), reserved("as"), reserved("asc"), reserved("desc"),
    reserved("into"), reserved("group"), reserved("order"), reserved("for"), reserved("end"), reserved("user"),
    reserved("current_user"), reserved("session_user"), reserved("current_date"), reserved("current_time"),
    reserved("current_role"), reserved("localtime"), reserved("create"), reserved("grant"), reserved("primary"),
    reserved("unique"), reserved("references"), reserved("foreign"), reserved("check"), reserved("constraint"),
    reserved("collate"), reserved("column"), reserved("only"), reserved("lateral"), reserved("window"), reserved("using"),
    reserved("do"), reserved("isnull"), reserved("notnull"), reserved("join"), reserved("inner"), reserved("outer"),
    reserved("full"), reserved("cross"), reserved("natural"), reserved("similar"), reserved("both"), reserved("leading"),
    reserved("trailing"), reserved("placing"), reserved("analyze"), reserved("cast"), reserved("concurrently"),
    // Not reserved, but of one meaning where statements use them.
    plain("insert"), plain("update"), plain("delete"), plain("merge"), plain("copy"), plain("alter"), plain("drop"),
    plain("truncate"), plain("begin"), plain("commit"), plain("rollback"), plain("savepoint"), plain("prepare"),
    plain("prepared"), plain("execute"), plain("deallocate"), plain("declare"), plain("explain"), plain("show"),
    plain("reset"), plain("discard"), plain("recursive"), plain("materialized"), plain("exists"), plain("over"),
    plain("partition"), plain("filter"), plain("conflict"), plain("nothing"), plain("nulls"), plain("nowait"),
    plain("locked"), plain("matched"), plain("interval"), plain("temporary"), plain("local"), plain("vacuum"),
    // Functions that make an expression of a column, and those whose literal names a thing.
    shaping("substr", allButFirst), shaping("substring", allButFirst),
    Entry{"left", Word::other, 0, false, true, allButFirst}, Entry{"right", Word::other, 0, false, true, allButFirst},
    shaping("split_part", allButFirst), shaping("mod", allButFirst),
    shaping("to_char", allButFirst), shaping("json_extract_path", allButFirst),
    shaping("json_extract_path_text", allButFirst), shaping("jsonb_extract_path", allButFirst),
    shaping("jsonb_extract_path_text", allButFirst), shaping("date_trunc", first), shaping("date_part", first),
    shaping("extract", first), shaping("nextval", first), shaping("currval", first), shaping("setval", first),
    shaping("current_setting", first), shaping("set_config", first | 0x04),
};
// clang-format on

consteval std::array<Keyword, keywordSlots> makeTable() {
    std::array<Keyword, keywordSlots> table{};
    for (const Entry& entry : entries) {
        const uint64_t hash = hashWord(entry.text);
        Keyword& slot = table[keywordSlot(hash)];
        if (slot.hash != 0) throw "two keywords in one slot: change keywordSlot";  // a compile-time error
        slot = {hash, entry.word, entry.after, entry.reserved, entry.upper, entry.shape};
    }
    return table;
}

}  // namespace

constinit const std::array<Keyword, keywordSlots> keywordTable = makeTable();

}  // namespace foreshard::sql
