// Expected files of statements: a statement, a line "=>", what is expected of it, a blank line; lines with # comment.
// With FORESHARD_WRITE_EXPECTED=1 in the environment a test writes what it sees, to be read and judged before it is
// kept.
#pragma once

#include <QtTest>

#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "core/base/file.h"

struct CorpusCase {
    std::string comment;
    std::string statement;
    std::string expected;
    int line = 0;
};

inline std::vector<CorpusCase> readCorpus(const std::string& text) {
    std::vector<CorpusCase> cases;
    CorpusCase current;
    bool expecting = false;
    int line = 0;
    for (size_t at = 0; at < text.size();) {
        const size_t end = std::min(text.find('\n', at), text.size());
        const std::string row = text.substr(at, end - at);
        at = end + 1;
        ++line;
        if (row.empty()) {
            if (expecting) cases.push_back(current), current = {}, expecting = false;
        } else if (expecting) {
            current.expected += row + "\n";
        } else if (row == "=>") {
            expecting = true;
        } else if (row[0] == '#' && current.statement.empty()) {
            current.comment += row + "\n";
        } else {
            if (current.statement.empty()) current.line = line;
            current.statement += (current.statement.empty() ? "" : "\n") + row;
        }
    }
    if (expecting) cases.push_back(current);
    return cases;
}

// Runs every case of tests/sql/data/NAME; `see` gives what is compared, lines that end with \n.
inline void checkCorpus(const std::string& name, const std::function<std::string(const std::string&)>& see) {
    const std::string path = std::string(FORESHARD_SOURCE_DIR) + "/tests/sql/data/" + name;
    const auto text = foreshard::readFile(path);
    QVERIFY2(text.ok(), path.c_str());
    const auto cases = readCorpus(*text);
    QVERIFY(!cases.empty());
    const bool write = std::getenv("FORESHARD_WRITE_EXPECTED") != nullptr;
    std::string seen, failures;
    for (const CorpusCase& c : cases) {
        const std::string got = see(c.statement);
        seen += c.comment + c.statement + "\n=>\n" + got + "\n";
        if (got != c.expected)
            failures += name + ":" + std::to_string(c.line) + ": " + c.statement + "\nexpected:\n" + c.expected +
                        "seen:\n" + got + "\n";
    }
    if (write)
        QVERIFY(foreshard::writeFileWhole(path, seen).ok());
    else
        QVERIFY2(failures.empty(), failures.c_str());
}
