// Propagator::Run: the work of Propagator on one transaction (rules in propagate.h). Keeps its memory from one transaction to
// the next. Internal to propagate.cpp.
#pragma once

#include <absl/container/inlined_vector.h>

#include <algorithm>

#include "core/base/hash.h"
#include "core/workload/propagate.h"

namespace foreshard::workload {

class Propagator::Run {
public:
    explicit Run(Propagator& owner) : owner_(owner) {}

    const std::vector<PropagatedKey>& run(std::span<const PropagationCall> calls);

private:
    static constexpr size_t maxList = 64;
    static constexpr int rounds = 3;
    static constexpr uint32_t none = UINT32_MAX;

    struct Bound {
        ColumnId column = 0;
        uint32_t first = 0, count = 0;   // of values_; of an INSERT: by row; else distinct
        bool inherited = false;
    };
    struct Use {
        uint32_t call = 0, access = 0;
        TableId table = 0;
        bool usable = true;
        bool byRow = false;
        uint32_t rows = 1;
        absl::InlinedVector<Bound, 8> bound;
        const Bound* find(ColumnId column) const;
    };
    struct Fact {
        ColumnId column = 0;
        uint32_t next = none;            // of the same row
        KeyValue value;                  // not known: two calls disagree
    };
    struct Row {
        uint64_t hash = 0;
        uint32_t round = 0;              // of which it is; of another one: free
        uint32_t facts = none;
    };

    void addCall(uint32_t index, const PropagationCall& call);
    void addBinding(Use& use, const KeyBinding& binding, const PropagationCall& call);
    void indexLiterals(std::span<const LiteralRef> literals);
    bool rowsBy(const Use& use, const std::vector<ColumnId>& columns, TableId as, uint32_t key);
    const KeyValue* valueIn(const Use& use, const Bound& bound, size_t i, size_t count) const;
    Row& rowAt(uint64_t hash);
    void growRows();
    void learn(uint64_t row, ColumnId column, const KeyValue& value);
    void contribute(const Use& use);
    bool inherit(Use& use);
    bool take(Use& use, ColumnId known, ColumnId wanted);
    bool appendDistinct(uint32_t first, const KeyValue& value);

    Propagator& owner_;
    std::vector<Use> uses_;              // the first useCount_ of them
    size_t useCount_ = 0;
    std::vector<KeyValue> values_;
    std::vector<ColumnId> assigned_;
    std::vector<Row> rows_ = std::vector<Row>(64);
    size_t rowCount_ = 0;
    uint32_t round_ = 0;
    std::vector<Fact> facts_;
    std::vector<uint64_t> hashes_;       // what rowsBy found
    std::vector<ColumnId> columns_;
    std::vector<int32_t> firstOfSlot_, nextLiteral_;
    std::vector<PropagatedKey> result_;
};

}  // namespace foreshard::workload
