// Catalog: the templates that one builder (or merge, or finish) has met, with their facts and what these mean for the
// logical tables. Each text is parsed once; one text has several entries only where its tables hang on the search_path.
// Entries and texts keep their addresses. Not thread-safe.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/sql/template.h"
#include "core/workload/names.h"
#include "core/workload/partial_data.h"
#include "core/workload/resolve.h"

namespace foreshard::workload {

// How the calls of a template are counted: by access, the columns bound by equality.
struct CountedColumn {
    ColumnId column = 0;
    ValueType type = ValueType::unknown;
    bool ranges = false;                                  // has an order: count dyadic ranges too
    std::vector<std::vector<uint32_t>> slots;             // alternatives, the first usable one counts
};
struct CountedAccess {
    TableId table = 0;
    bool write = false;
    std::vector<CountedColumn> columns;
};

struct CatalogEntry {
    uint64_t fingerprint = 0;                             // 0: the rest, past the limit of templates
    uint32_t index = 0;                                   // in the order of making
    const TextTemplate* text = nullptr;
    std::vector<std::string> tables;
    Resolution resolution;
    std::vector<CountedAccess> counted;
    uint32_t slots = 0;                                   // highest slot that is counted, plus one
};

struct TextEntry {
    uint64_t key = 0;
    TextTemplate text;
    bool pathDependent = false;
    std::vector<bool> arraySlots;                         // by slot: its values are array literals; empty: none
    CatalogEntry* only = nullptr;                         // where not pathDependent
    std::map<std::string, CatalogEntry*> byPath;
};

class Catalog {
public:
    Catalog(std::shared_ptr<const schema::Schema> schema, uint32_t maxTemplates);

    // The text of this key, or nullptr where it has to be added.
    TextEntry* find(uint64_t key);
    // Parses `statement` and keeps it. Past the limit of templates: the rest's text.
    // `scan`: the statement's.
    TextEntry& add(uint64_t key, const sql::Scan& scan, std::string_view database, std::string_view statement);
    TextEntry& add(uint64_t key, TextTemplate text);
    CatalogEntry& resolve(TextEntry& text, const std::string& searchPath);
    // A template of a Partial, with the tables it was resolved to.
    CatalogEntry& adopt(uint64_t fingerprint, const TextTemplate& text, const std::vector<std::string>& tables);
    CatalogEntry* findEntry(uint64_t fingerprint);

    const NameTable& names() const { return names_; }
    NameTable& names() { return names_; }
    const std::vector<std::unique_ptr<CatalogEntry>>& entries() const { return entries_; }
    bool full() const { return texts_.size() >= maxTemplates_; }

private:
    CatalogEntry& entry(uint64_t fingerprint, const TextTemplate& text, std::vector<std::string> tables);

    std::shared_ptr<const schema::Schema> schema_;
    uint32_t maxTemplates_;
    NameTable names_;
    absl::flat_hash_map<uint64_t, std::unique_ptr<TextEntry>> texts_;
    std::vector<std::unique_ptr<CatalogEntry>> entries_;
    absl::flat_hash_map<uint64_t, CatalogEntry*> byFingerprint_;
    std::vector<std::unique_ptr<TextTemplate>> adopted_;
    TextEntry rest_;
};

// The template text of the rest.
extern const char* const restText;

}  // namespace foreshard::workload
