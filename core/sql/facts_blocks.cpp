#include "core/sql/facts_blocks.h"

#include "core/sql/facts_tables.h"

namespace foreshard::sql {

namespace {

bool beginsQuery(const TraceToken& token) {
    for (const char* word : {"select", "with", "update", "insert", "delete"})
        if (token.isWord(word)) return true;
    return false;
}

bool unites(const TraceToken& token) { return token.isWord("union") || token.isWord("intersect") || token.isWord("except"); }

}  // namespace

QueryBlocks::QueryBlocks(const std::vector<TraceToken>& tokens) : blocks(1) {
    struct Bracket {
        bool query = true;
        uint32_t block = 0;
    };
    std::vector<Bracket> open(1);
    const auto follow = [&](uint32_t parent) {
        blocks.emplace_back().parent = parent;
        return static_cast<uint32_t>(blocks.size() - 1);
    };
    const bool inserts = !tokens.empty() && (tokens[0].isWord("insert") || tokens[0].isWord("replace"));
    for (size_t i = 0; i < tokens.size(); ++i) {
        const TraceToken& token = tokens[i];
        if (token.is(")") && open.size() > 1) open.pop_back();
        Bracket& here = open.back();
        if (here.query && unites(token)) {
            united = true;
            here.block = follow(blocks[here.block].parent);
        } else if (inserts && open.size() == 1 && here.block == 0 && token.isWord("select")) {
            here.block = follow(UINT32_MAX);
        }
        depth.push_back(static_cast<uint32_t>(open.size() - 1));
        inQuery.push_back(here.query);
        of.push_back(here.block);
        if (!token.is("(")) continue;
        const bool query = i + 1 < tokens.size() && beginsQuery(tokens[i + 1]);
        const uint32_t block = query ? follow(here.block) : here.block;
        open.push_back({query, block});
    }
    balanced = open.size() == 1;
}

uint32_t QueryBlocks::named(uint32_t block, const std::string& name) const {
    for (; block != UINT32_MAX; block = blocks[block].parent)
        if (const auto found = blocks[block].byName.find(name); found != blocks[block].byName.end()) return found->second;
    return noTable;
}

StatementKind kindOfWord(const std::string& word) {
    // clang-format off
    static const std::map<std::string, StatementKind> kinds = {
        {"select", StatementKind::select}, {"values", StatementKind::select}, {"table", StatementKind::select},
        {"insert", StatementKind::insert}, {"replace", StatementKind::insert}, {"update", StatementKind::update},
        {"delete", StatementKind::delete_}, {"merge", StatementKind::merge}, {"copy", StatementKind::copy},
        {"create", StatementKind::ddl}, {"alter", StatementKind::ddl}, {"drop", StatementKind::ddl},
        {"truncate", StatementKind::ddl}, {"comment", StatementKind::ddl}, {"grant", StatementKind::ddl},
        {"revoke", StatementKind::ddl}, {"begin", StatementKind::begin}, {"start", StatementKind::begin},
        {"commit", StatementKind::commit}, {"end", StatementKind::commit}, {"rollback", StatementKind::rollback},
        {"abort", StatementKind::rollback}, {"savepoint", StatementKind::savepoint},
        {"release", StatementKind::releaseSavepoint}, {"set", StatementKind::set}, {"reset", StatementKind::set},
        {"show", StatementKind::show}, {"explain", StatementKind::explain}, {"declare", StatementKind::utility},
        {"fetch", StatementKind::utility}, {"move", StatementKind::utility}, {"close", StatementKind::utility},
        {"prepare", StatementKind::utility}, {"execute", StatementKind::utility}, {"deallocate", StatementKind::utility},
        {"call", StatementKind::utility}, {"do", StatementKind::utility}, {"vacuum", StatementKind::utility},
        {"analyze", StatementKind::utility}, {"lock", StatementKind::utility}, {"listen", StatementKind::utility},
        {"notify", StatementKind::utility}, {"unlisten", StatementKind::utility}, {"discard", StatementKind::utility},
        {"checkpoint", StatementKind::utility}, {"reindex", StatementKind::utility}, {"cluster", StatementKind::utility},
        {"use", StatementKind::utility}, {"pragma", StatementKind::utility}, {"attach", StatementKind::utility}, {"detach", StatementKind::utility},
        {"flush", StatementKind::utility}, {"kill", StatementKind::utility}, {"unlock", StatementKind::utility}, {"optimize", StatementKind::utility},
        {"repair", StatementKind::utility}, {"check", StatementKind::utility}, {"describe", StatementKind::show}, {"desc", StatementKind::show}};
    // clang-format on
    const auto found = kinds.find(word);
    return found == kinds.end() ? StatementKind::unknown : found->second;
}

bool endsClause(const TraceToken& token) {
    for (std::string_view word : {"where", "group", "order", "limit", "offset", "returning", "having", "for", "union",
                                  "except", "intersect", "window", "fetch", "from", "on"}) {
        if (token.isWord(word)) return true;
    }
    return token.is(";");
}

}  // namespace foreshard::sql
