// Cells travel as they are stored; checksums do not care for the order.
#include <QtTest>

#include <algorithm>
#include <limits>

#include "core/base/hash.h"
#include "core/cluster/cell.h"

using namespace foreshard;
using namespace foreshard::cluster;

namespace {

Cell randomCell(Random& random) {
    switch (random.below(6)) {
        case 0: return {};
        case 1: return static_cast<int64_t>(random.next());
        case 2: return static_cast<double>(static_cast<int64_t>(random.next())) / 7;
        case 3: return std::string(random.below(30), static_cast<char>(random.below(256)));
        case 4: return Blob{std::string(random.below(30), static_cast<char>(random.below(256)))};
        default: return static_cast<int64_t>(random.below(3));
    }
}

std::vector<Cells> randomRows(Random& random, size_t count) {
    std::vector<Cells> rows(count);
    for (auto& row : rows)
        for (uint64_t n = random.below(5); n > 0; --n) row.push_back(randomCell(random));
    return rows;
}

Checksum sumOf(const std::vector<Cells>& rows) {
    Checksum sum;
    for (const auto& row : rows) sum.add("t", row);
    return sum;
}

}  // namespace

class TestCells : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theyTravelUnchanged() {
        Random random(1);
        auto rows = randomRows(random, 2'000);
        rows.push_back({std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max(), -0.0, std::numeric_limits<double>::infinity(), std::string("\0x", 2), Blob{}, Cell{}});
        for (const auto& row : rows) {
            ByteWriter out;
            writeCells(out, row);
            ByteReader in(out.bytes());
            QVERIFY(readCells(in) == row);
            QVERIFY(in.ok() && in.atEnd());
            // Cut off anywhere it is refused, and nothing is read past the end.
            for (size_t size = 0; size < out.bytes().size(); ++size) {
                ByteReader cut(std::string_view(out.bytes()).substr(0, size));
                (void)readCells(cut);
                QVERIFY(!cut.ok());
            }
        }
    }
    void checksumsDoNotCareForTheOrder() {
        Random random(2);
        auto rows = randomRows(random, 500);
        const Checksum whole = sumOf(rows);
        std::reverse(rows.begin(), rows.end());
        QVERIFY(sumOf(rows) == whole);
        // Two halves, on two shards, in two batches.
        Checksum first = sumOf({rows.begin(), rows.begin() + 123}), second = sumOf({rows.begin() + 123, rows.end()});
        Checksum both = first;
        both.unite(second);
        QVERIFY(both == whole);
        both.remove(first);
        QVERIFY(both == second);
    }
    void checksumsSeeEveryDifference() {
        Random random(3);
        const auto rows = randomRows(random, 100);
        const Checksum whole = sumOf(rows);
        const std::vector<std::pair<Cells, Cells>> differ{{{int64_t{1}}, {1.0}}, {{std::string("1")}, {int64_t{1}}}, {{std::string("a")}, {Blob{"a"}}}, {{Cell{}}, {std::string()}},
                                                          {{std::string("ab"), std::string("c")}, {std::string("a"), std::string("bc")}}, {{int64_t{1}}, {int64_t{1}, Cell{}}}};
        for (const auto& [a, b] : differ) QVERIFY(!(sumOf({a}) == sumOf({b})));
        auto doubled = rows;
        doubled.push_back(rows.front());
        QVERIFY(!(sumOf(doubled) == whole));
        QVERIFY(!(sumOf({rows.begin() + 1, rows.end()}) == whole));
        Checksum other;
        for (const auto& row : rows) other.add("u", row);
        QVERIFY(!(other == whole));      // the same rows in another table
    }
    void oneKeyHasOneMeaning() {
        const Value wanted = Value::integer(42);
        for (const Cell& cell : {Cell(int64_t{42}), Cell(42.0), Cell(std::string("42"))}) QVERIFY(meaningOf(cell, ValueType::integer) == wanted);
        QVERIFY(!(meaningOf(Cell(std::string("042")), ValueType::text) == meaningOf(Cell(std::string("42")), ValueType::text)));
        QVERIFY(meaningOf(Cell{}, ValueType::integer) == Value::null());
    }
};

QTEST_APPLESS_MAIN(TestCells)
#include "test_cells.moc"
