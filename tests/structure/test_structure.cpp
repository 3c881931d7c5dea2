// The house: links go only downwards, core and simulation know no Qt, torch stays inside models, files stay small.
#include <QtTest>

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "core/base/file.h"

namespace fs = std::filesystem;

namespace {

// Lowest first. A room may link only rooms that stand before it.
const std::vector<std::string> order = {"base",    "sql",     "schema",    "store",   "workload", "ingest",  "models",     "sharding", "cost", "advisor",
                                        "cluster", "migration", "monitor", "report",  "project",  "simulation", "verbs", "cli",  "ui",   "workbench"};

std::vector<std::string> words(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> out;
    for (std::string word; std::getline(in, word, ';');) {
        std::istringstream inner(word);
        for (std::string w; inner >> w;) out.push_back(w);
    }
    return out;
}

struct Graph {
    std::map<std::string, std::vector<std::string>> rooms, libraries;
};

Graph readGraph() {
    Graph graph;
    const auto text = foreshard::readFile(fs::path(FORESHARD_BINARY_DIR) / "link-graph.txt");
    if (!text.ok()) return graph;
    std::istringstream in(*text);
    for (std::string line; std::getline(in, line);) {
        const auto colon = line.find(':');
        if (colon == std::string::npos) continue;
        auto name = line.substr(0, colon);
        auto& target = name.ends_with(" libs") ? graph.libraries[name.substr(0, name.size() - 5)] : graph.rooms[name];
        target = words(line.substr(colon + 1));
    }
    return graph;
}

// Every source file below a folder of the repository.
std::vector<fs::path> sources(const std::string& folder) {
    std::vector<fs::path> out;
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(FORESHARD_SOURCE_DIR) / folder)) {
        const auto extension = entry.path().extension();
        if (entry.is_regular_file() && (extension == ".h" || extension == ".cpp" || extension == ".cu")) out.push_back(entry.path());
    }
    std::sort(out.begin(), out.end());
    return out;
}

}  // namespace

class TestStructure : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void linksGoDownwards() {
        const auto graph = readGraph();
        QVERIFY(graph.rooms.size() >= 15);
        for (const auto& [room, lower] : graph.rooms) {
            const auto place = std::find(order.begin(), order.end(), room);
            if (place == order.end()) {
                QVERIFY2(room == "samplegen" || room == "testsupport" || room.starts_with("ui_") || room.starts_with("page"), room.c_str());
                continue;
            }
            for (const auto& other : lower) {
                const auto below = std::find(order.begin(), order.end(), other);
                QVERIFY2(below < place || other.starts_with("ui_") || other.starts_with("page"), (room + " links " + other).c_str());
            }
        }
    }
    void coreLinksNoQt() {
        const auto graph = readGraph();
        for (const auto& [room, libraries] : graph.libraries) {
            const auto place = std::find(order.begin(), order.end(), room);
            if (place == order.end() || place > std::find(order.begin(), order.end(), "cli")) continue;
            for (const auto& library : libraries) QVERIFY2(library.rfind("Qt6", 0) != 0, (room + " links " + library).c_str());
        }
    }
    void coreIncludesNoQtAndOnlyTrainingKnowsTorch() {
        static const std::regex qt(R"(#include <Q[A-Z])"), torch(R"(#include <(torch|ATen|c10)/)");
        for (const char* folder : {"core", "simulation", "app/verbs", "app/cli"})
            for (const auto& path : sources(folder)) {
                const auto text = foreshard::readFile(path);
                QVERIFY(text.ok());
                QVERIFY2(!std::regex_search(*text, qt), path.c_str());
                const bool mayKnowTorch = path.parent_path().filename() == "training" && path.extension() != ".h";
                QVERIFY2(mayKnowTorch || !std::regex_search(*text, torch), path.c_str());
            }
    }
    void filesStaySmall() {
        for (const auto& [folder, limit] : std::map<std::string, long>{{"app", 600}, {"core", 600}, {"simulation", 600}, {"ui", 600}, {"samples", 600}, {"tests", 800}})
            for (const auto& path : sources(folder)) {
                const auto text = foreshard::readFile(path);
                QVERIFY(text.ok());
                QVERIFY2(std::count(text->begin(), text->end(), '\n') <= limit, path.c_str());
            }
    }
};

QTEST_APPLESS_MAIN(TestStructure)
#include "test_structure.moc"
