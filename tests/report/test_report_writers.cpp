// The forms of a report: nothing from a log becomes markup, the same report gives the same bytes, empty ones are whole.
#include <QtTest>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QXmlStreamReader>

#include <limits>

#include "core/base/hash.h"
#include "core/report/pictures.h"
#include "core/report/svg.h"
#include "core/report/writers.h"

using namespace foreshard;
using namespace foreshard::report;

namespace {

const std::string hostile =
    "</td><script>alert(1)</script> \" ' & ` | <img src=x onerror=y> [a](javascript:b) \xff\x01";

ReportData hostileReport() {
    ReportData out{hostile, 0, hostile, true, {}};
    Section section{"id", hostile, hostile, {}, {}, {hostile}};
    TimeChart chart{"c", hostile, hostile, {0, microsPerHour, 2 * microsPerHour}, {}, {}};
    chart.lines.push_back({hostile,
                           {1.0, std::nullopt, 3.0},
                           {0.5, std::numeric_limits<double>::quiet_NaN(), 2},
                           {2, std::numeric_limits<double>::quiet_NaN(), 4}});
    section.pictures.emplace_back(chart);
    section.pictures.emplace_back(ChartGrid{"g", hostile, hostile, {chart, chart}});
    section.pictures.emplace_back(HeatMap{
        "h", hostile, hostile, chart.times, {{hostile, hostile, {1, 100, 0}}, {hostile, hostile, {}}}, chart.times[1]});
    Table table{
        "t",
        hostile,
        {{"text", hostile, hostile}, {"code", hostile, "", false, true}, {"n", "N", "calls", true, false, true}},
        {}};
    table.rows = {{textCell(hostile), textCell(hostile), countCell(12)},
                  {textCell("=1+1"), textCell("@x"), unknownCell()},
                  {textCell(""), textCell("a``b"), countCell(3)}};
    section.tables.push_back(table);
    out.sections.push_back(section);
    return out;
}

// Names of all elements of a page; it must be well-formed but for the doctype and the void elements of HTML.
QSet<QString> elements(std::string html) {
    for (const char* open :
         {"<meta charset=\"utf-8\">", "\"width=device-width, initial-scale=1\">", "'unsafe-inline'\">"}) {
        const size_t at = html.find(open);
        if (at != std::string::npos) html.insert(at + std::string_view(open).size() - 1, "/");
    }
    html.erase(0, html.find('\n'));
    QXmlStreamReader reader(QByteArray::fromStdString(html));
    QSet<QString> out;
    while (!reader.atEnd())
        if (reader.readNext() == QXmlStreamReader::StartElement) {
            out.insert(reader.name().toString());
            for (const auto& attribute : reader.attributes())
                if (attribute.name().startsWith(u"on") || attribute.value().startsWith(u"javascript"))
                    out.insert("an event handler");
        }
    if (reader.hasError()) qFatal("%s in line %lld", qPrintable(reader.errorString()), reader.lineNumber());
    return out;
}

}  // namespace

class TestReportWriters : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void htmlEscapesEverything() {
        const auto found = elements(writeHtml(hostileReport()));
        const QSet<QString> allowed = {
            "html", "head", "meta",  "title",   "style",  "body", "header", "h1",   "h2",       "h3",      "p",
            "nav",  "a",    "main",  "section", "figure", "svg",  "rect",   "line", "polyline", "polygon", "path",
            "text", "div",  "wbr", "table", "thead",   "tbody",  "tr",   "th",     "td",   "span",     "ul",      "li"};
        const auto foreign = found - allowed;
        QVERIFY2(foreign.isEmpty(), qPrintable(QStringList(foreign.values()).join(", ")));
        QVERIFY(found.contains("path") && found.contains("polygon"));
    }
    void markdownEscapesEverything() {
        const std::string text = writeMarkdown(hostileReport());
        std::string outsideCode;
        bool code = false;
        for (const char c : text) {
            if (c == '\n') code = false;
            if (!code) outsideCode += c;
        }
        for (const char* mark : {"<script", "<img", "](java"}) {
            // Inside code spans marks are plain text; everywhere else they must be gone.
            size_t at = 0;
            while ((at = text.find(mark, at)) != std::string::npos) {
                const size_t line = text.rfind('\n', at) + 1;
                const auto ticks = std::count(text.begin() + static_cast<std::ptrdiff_t>(line),
                                              text.begin() + static_cast<std::ptrdiff_t>(at), '`');
                QVERIFY2(ticks > 0, text.substr(line, at - line + 20).c_str());
                ++at;
            }
        }
        QVERIFY(text.find("``` a``b ```") != std::string::npos);
        for (size_t line = 0; line < text.size();
             line = text.find('\n', line) + 1)  // a table's row keeps its number of cells
            if (text[line] == '|') {
                const std::string row = text.substr(line, text.find('\n', line) - line);
                size_t bars = 0;
                for (size_t i = 0; i < row.size(); ++i) bars += row[i] == '|' && (i == 0 || row[i - 1] != '\\');
                QCOMPARE(bars, size_t(4));
            }
    }
    void csvHasNoFormulas() {
        const std::string csv = writeCsv(hostileReport());
        QVERIFY(csv.find("\r\n'=1+1,'@x,\r\n") != std::string::npos);
        QVERIFY(csv.find("\r\ntext,code,n\r\n") != std::string::npos);
        QVERIFY(csv.find(",12\r\n") != std::string::npos);
        QVERIFY(csv.find("\"\" ' & `") != std::string::npos);  // quotes doubled inside a quoted cell
    }
    void jsonIsValid() {
        QJsonParseError error;
        const auto json = QJsonDocument::fromJson(QByteArray::fromStdString(writeJson(hostileReport())), &error);
        QVERIFY2(error.error == QJsonParseError::NoError, qPrintable(error.errorString()));
        const auto section = json["sections"][0];
        QCOMPARE(section["tables"][0]["rows"][0]["n"].toDouble(), 12.0);
        QVERIFY(section["tables"][0]["rows"][1]["n"].isNull());
        QVERIFY(section["pictures"][0]["lines"][0]["values"][1].isNull());
        QVERIFY(section["pictures"][0]["lines"][0]["p10"][1].isNull());
        QCOMPARE(section["pictures"][0]["times"][1].toString(), QString("1970-01-01T01:00:00Z"));
    }
    void emptiesAreWhole() {
        ReportData empty{"shop", 0, "UTC", true, {}};
        QVERIFY(writeHtml(empty).find("nothing to report yet") != std::string::npos);
        elements(writeHtml(empty));
        empty.sections.push_back({"s",
                                  "Section",
                                  "Nothing.",
                                  {TimeChart{}, ChartGrid{}, HeatMap{}, ChartGrid{"g", "t", "u", {TimeChart{}}}},
                                  {Table{"t", "T", {}, {}}},
                                  {}});
        elements(writeHtml(empty));
        QVERIFY(!writeMarkdown(empty).empty() && !writeCsv(empty).empty() && !writeJson(empty).empty());
    }
    void sameReportSameBytes() {
        QCOMPARE(writeHtml(hostileReport()), writeHtml(hostileReport()));
        QCOMPARE(writeJson(hostileReport()), writeJson(hostileReport()));
    }
    void formIsToldByTheSuffix() {
        const ReportData report{"shop", 0, "UTC", true, {}};
        QVERIFY(writeReport(report, "a.HTML")->starts_with("<!doctype html>") &&
                writeReport(report, "a.md")->starts_with("# shop"));
        QVERIFY(writeReport(report, "a.json")->starts_with("{") && writeReport(report, "a.csv").ok());
        QVERIFY(writeReport(report, "a.docx").error().category == ErrorCategory::usage && !writeReport(report, "a"));
    }
    void anyBytesBecomeCleanMarkup() {
        Random random(9);
        for (int round = 0; round < 300; ++round) {
            std::string text(random.below(40), '\0');
            for (char& c : text) c = static_cast<char>(random.next());
            const std::string clean = escapeMarkup(text);
            QCOMPARE(QString::fromStdString(clean).toStdString(), clean);  // valid UTF-8
            QVERIFY(clean.find_first_of("<>\"'") == std::string::npos);
        }
        QCOMPARE(escapeMarkup("Grüße – 日本 \xf0\x9f\x98\x80"), std::string("Grüße – 日本 \xf0\x9f\x98\x80"));
        QCOMPARE(number(-0.01), std::string("0"));
        QCOMPARE(number(std::numeric_limits<double>::quiet_NaN()), std::string("0"));
    }
};

QTEST_APPLESS_MAIN(TestReportWriters)
#include "test_report_writers.moc"
