// Templates: a statement with its literals taken out. One fast pass over the text gives a stable 64-bit fingerprint and
// the literals by slot; nothing is parsed. A slot holds a list: IN lists, ARRAY[…] of literals and multi-row VALUES
// collapse, so that every length is one template, and `literals` then names one slot several times, in order. A
// parameter ($1, ?, :name) and a literal in one place give the same fingerprint, so the simple and the extended
// protocol share templates. Comments, white space, letter case of keywords and of unquoted names do not matter; a
// trailing semicolon neither.
//
// Literals that say which expression or setting is meant, not which value, belong to the template and are no slots:
// those of JSON paths (after -> and its like), of % and of subscripts, the shaping arguments of date_trunc, substr,
// split_part and their like, and the names in set_config, current_setting and nextval. NULL, TRUE and FALSE are
// literals where they are values. The words that SET gives to a setting are string literals, and their list is one
// slot. Elements of a list collapse while they are alike but for literals; "VALUES (1, DEFAULT), (2, 3)" keeps both
// rows.
//
// Where libpg_query's fingerprint tells two statements apart that are one template here, one of these rules says so, and no
// other (tests/sql/test_dialect_corpus.cpp):
//   1. A plus in front of a number belongs to it: k = +5 is k = 5.
//   2. The rows of an array of arrays collapse like any list: ARRAY[[1], [2]] is ARRAY[[1]].
//   3. In commands (FETCH, MOVE, NOTIFY, COPY, CREATE, ALTER) numbers and texts are values as well: FETCH 5 is FETCH 10.
//
// TemplateScanner: one per thread; the views it returns are valid until its next scan and while the statement lives.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace foreshard::sql {

enum class LiteralKind : uint8_t { number, string, boolean, null, bytes, parameter };

struct SlotLiteral {
    uint32_t slot = 0;  // 0-based
    LiteralKind kind = LiteralKind::number;
    std::string_view text;  // quotes and escapes undone; a number with its minus sign where that belongs to it; "true",
                            // "false"; empty for NULL; a parameter as written
    uint32_t parameter = 0;  // for LiteralKind::parameter: its 1-based number; ? and :name count in order of first use
    uint32_t offset = 0;     // byte offset in the statement
};

struct Scan {
    uint64_t fingerprint = 0;
    uint32_t slots = 0;
    std::vector<SlotLiteral> literals;
    uint32_t tokens = 0;
    bool cut = false;  // ends inside a quote or comment: the log cut the statement off
    // Not 0: the scanner remembers this text. Scans of one scanner with one number differ in their literals alone, so that
    // facts of the text can be kept by it; shape % shapeSlots is a place in a table of them.
    uint64_t shape = 0;
    static constexpr uint32_t shapeSlots = 2'048;
};

class TemplateScanner {
public:
    TemplateScanner();
    ~TemplateScanner();
    TemplateScanner(TemplateScanner&&) noexcept;
    TemplateScanner& operator=(TemplateScanner&&) noexcept;

    // Linear in the length; never fails: any bytes give a scan.
    const Scan& scan(std::string_view statement);
    // The same scan, where a statement of this text came before; nullptr elsewhere.
    const Scan* known(std::string_view statement);

private:
    struct Buffers;
    const char* padded(std::string_view statement);
    Buffers* buffers_;
};

// The normalised text of a template, for people and for the facts: keywords upper case, one blank between tokens where
// SQL wants one, literals as $1…$n by slot (1-based), lists collapsed to their slot.
std::string templateText(std::string_view statement);

// Splits a simple-protocol message into its statements ("BEGIN; UPDATE …; COMMIT"); quotes, comments and dollar quotes
// are honoured. Empty statements are left out.
std::vector<std::string_view> splitStatements(std::string_view message);

}  // namespace foreshard::sql
