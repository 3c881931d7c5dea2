// Everything that sql/ does with text that it does not know. Also an expected file as a corpus: its statements are
// pieces.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/sql/dialect.h"
#include "core/sql/facts.h"
#include "core/sql/template.h"

using namespace foreshard;
using namespace foreshard::sql;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    TemplateScanner scanner;
    const Scan& scan = scanner.scan(text);
    for (const SlotLiteral& literal : scan.literals) {
        if (literal.slot >= scan.slots || literal.offset >= size) std::abort();
    }
    templateText(text);
    for (const Dialect dialect : {Dialect::mysql, Dialect::sqlite}) {
        std::string buffer;
        statementFacts(translated(text, dialect, buffer));
    }
    for (std::string_view statement : splitStatements(text)) {
        const StatementFacts facts = statementFacts(statement);
        ByteWriter out;
        writeFacts(out, facts);
        ByteReader in(out.bytes());
        if (!(readFacts(in) == facts)) std::abort();
    }
    ByteReader in(text);
    readFacts(in);
    arrayElements(text);
    return 0;
}
