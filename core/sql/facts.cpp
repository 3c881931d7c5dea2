#include "core/sql/facts.h"

#include <pthread.h>

#include <functional>

#include "core/sql/dialect_grammar.h"
#include "core/sql/facts_fallback.h"
#include "core/sql/facts_walker.h"

namespace foreshard::sql {

namespace {

// libpg_query's parser and printer are recursive: some 200 bytes of stack for each term of a sum.
constexpr size_t mostTokens = 40'000;
constexpr size_t mostTokensHere = 1'000;
constexpr size_t stackBytes = size_t{64} << 20;

std::optional<StatementFacts> parsedTokens(const std::vector<TraceToken>& tokens, uint32_t slots) {
    const ParseForm form = parseForm(tokens, slots);
    const auto tree = ParseTree::parse(form.text);
    if (!tree) return std::nullopt;
    StatementFacts facts;
    facts.parsed = true;
    FactsWalker walker(form, facts);
    StatementKind first = StatementKind::unknown;
    for (const Node statement : tree->statements()) {
        walker.statement(statement);
        if (first == StatementKind::unknown) first = facts.kind;
    }
    if (first == StatementKind::unknown || walker.tooDeep()) return std::nullopt;
    facts.kind = first;
    return facts;
}

// As it stands, or else in the form that another dialect's grammar has here.
std::optional<StatementFacts> parsedFacts(const Trace& trace) {
    // DELETE FROM a USING t AS a …: what PostgreSQL's parser takes, its server refuses.
    const bool mayMislead = trace.tokens[0].isWord("delete");
    if (!mayMislead)
        if (auto facts = parsedTokens(trace.tokens, trace.slots)) return facts;
    const auto form = standardForm(trace.tokens);
    if (mayMislead && !form) return parsedTokens(trace.tokens, trace.slots);
    if (!form) return std::nullopt;
    auto facts = parsedTokens(form->tokens, trace.slots);
    if (facts && form->limitSlot) facts->limitSlot = form->limitSlot;
    return facts;
}

// Runs `work` on a thread with a stack that is large enough; false where there is none to be had.
bool runOnLargeStack(const std::function<void()>& work) {
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) return false;
    pthread_t thread;
    const auto enter = [](void* argument) -> void* {
        (*static_cast<const std::function<void()>*>(argument))();
        return nullptr;
    };
    const bool started = pthread_attr_setstacksize(&attributes, stackBytes) == 0 &&
                         pthread_create(&thread, &attributes, enter, const_cast<std::function<void()>*>(&work)) == 0;
    pthread_attr_destroy(&attributes);
    if (started) pthread_join(thread, nullptr);
    return started;
}

}  // namespace

StatementFacts statementFacts(std::string_view statement) {
    const Trace trace = traceStatement(statement);
    std::optional<StatementFacts> facts;
    if (!trace.cut && !trace.strayBytes && !trace.tokens.empty() && trace.tokens.size() <= mostTokens) {
        if (trace.tokens.size() <= mostTokensHere)
            facts = parsedFacts(trace);
        else
            runOnLargeStack([&] { facts = parsedFacts(trace); });
    }
    return facts ? *std::move(facts) : fallbackFacts(trace);
}

}  // namespace foreshard::sql
