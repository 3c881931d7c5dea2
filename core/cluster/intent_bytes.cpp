// Serialised form of intents and staged operations. Version 2; the reader refuses what it does not know.
#include "core/cluster/two_phase.h"

namespace foreshard::cluster {

namespace {

constexpr uint8_t formatVersion = 2;

using NamedCells = std::vector<std::pair<std::string, Cell>>;

void writeNamed(ByteWriter& out, const NamedCells& cells) {
    out.list(cells, [](ByteWriter& to, const auto& named) {
        to.text(named.first);
        writeCells(to, {named.second});
    });
}

NamedCells readNamed(ByteReader& in) {
    NamedCells cells;
    in.list([&](ByteReader& from) {
        std::string name = from.text();
        Cells cell = readCells(from);
        if (cell.size() != 1) return from.fail();
        cells.emplace_back(std::move(name), std::move(cell.front()));
    });
    return cells;
}

}  // namespace

void writeIntent(ByteWriter& out, const Intent& intent) {
    out.u8(formatVersion);
    out.u8(static_cast<uint8_t>(intent.role));
    out.list(intent.locks, [](ByteWriter& to, const LockedRange& lock) {
        to.varint(lock.chunk);
        to.varint(lock.table);
        writePosition(to, lock.low);
        writePosition(to, lock.high);
    });
    writePosition(out, intent.mark.watermark);
    out.varint(intent.mark.epoch);
    out.boolean(intent.reverse);
    out.list(intent.sums, [](ByteWriter& to, const auto& sum) {
        to.varint(sum.first);
        to.zigzag(sum.second.rows);
        to.fixed64(sum.second.first);
        to.fixed64(sum.second.second);
    });
    out.text(intent.table);
    out.varint(intent.holder);
}

Intent readIntent(ByteReader& in) {
    Intent intent;
    if (in.u8() != formatVersion) in.fail();
    intent.role = in.enumerator(IntentRole::copyTarget);
    in.list([&](ByteReader& from) {
        LockedRange lock;
        lock.chunk = static_cast<uint32_t>(from.varint());
        lock.table = static_cast<uint32_t>(from.varint());
        lock.low = readPosition(from);
        lock.high = readPosition(from);
        intent.locks.push_back(lock);
    });
    intent.mark.watermark = readPosition(in);
    intent.mark.epoch = in.varint();
    intent.reverse = in.boolean();
    in.list([&](ByteReader& from) {
        const auto ordinal = static_cast<uint32_t>(from.varint());
        Checksum sum;
        sum.rows = from.zigzag();
        sum.first = from.fixed64();
        sum.second = from.fixed64();
        intent.sums.emplace_back(ordinal, sum);
    });
    intent.table = in.text();
    intent.holder = static_cast<uint32_t>(in.varint());
    const bool moves = intent.role == IntentRole::leave || intent.role == IntentRole::arrive;
    if (moves && intent.locks.empty()) in.fail();
    return intent;
}

void writeOperation(ByteWriter& out, const RowOperation& operation) {
    out.u8(static_cast<uint8_t>(operation.kind));
    out.text(operation.table);
    writeNamed(out, operation.set);
    writeNamed(out, operation.where);
}

RowOperation readOperation(ByteReader& in) {
    RowOperation operation;
    operation.kind = in.enumerator(OperationKind::erase);
    operation.table = in.text();
    operation.set = readNamed(in);
    operation.where = readNamed(in);
    return operation;
}

}  // namespace foreshard::cluster
