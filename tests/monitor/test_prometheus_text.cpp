// The Prometheus text: names, labels, what is absent, and the judgement of promtool.
#include <QtTest>

#include <QProcess>
#include <QStandardPaths>

#include "core/monitor/prometheus_text.h"
#include "tests/monitor/snapshot.h"

using namespace foreshard;
using namespace foreshard::monitor;

class TestPrometheusText : public QObject {
    Q_OBJECT
    static bool holds(const std::string& text, const char* line) { return ("\n" + text).find("\n" + std::string(line) + "\n") != std::string::npos; }

private Q_SLOTS:
    void everyNumberHasItsLine() {
        const auto text = prometheusText(watched::fullSnapshot());
        for (const char* line : {"foreshard_shard_load{shard=\"0\"} 2.5", "foreshard_shard_load{shard=\"1\"} 7.5", "foreshard_shard_load_predicted{shard=\"0\"} 2",
                                 "foreshard_shard_accesses_total{shard=\"1\"} 43200", "foreshard_load_max_over_mean 1.5", "foreshard_multi_shard_share 0.125",
                                 "foreshard_model_error{measure=\"nd\",series=\"all templates\"} 0.2", "foreshard_alert_active{rule=\"skew\"} 1",
                                 "foreshard_alert_active{rule=\"drift\"} 0", "foreshard_calls_total 12345", "foreshard_intervals_closed_total 2",
                                 "foreshard_newest_interval_timestamp_seconds 7200", "# TYPE foreshard_shard_load gauge", "# TYPE foreshard_calls_total counter",
                                 "foreshard_model_error{measure=\"log_mse\",series=\"SELECT \\\"a\\\" FROM t\\\\u\\nWHERE k = $1\"} 0.05"})
            QVERIFY2(holds(text, line), (std::string(line) + "\nis missing in\n" + text).c_str());
    }
    // Whatever order the library keeps them in; and accesses are whole, though a call's may be shared among shards.
    void shardsStandInTheirOrder() {
        auto snapshot = watched::fullSnapshot();
        const auto one = snapshot.loads.front();
        snapshot.loads.clear();
        snapshot.accesses.clear();
        for (uint32_t shard = 0; shard < 12; ++shard) {
            snapshot.loads.push_back(one);
            snapshot.loads.back().shard = shard;
            snapshot.accesses.push_back(1938.67);
        }
        const auto text = prometheusText(snapshot);
        size_t at = 0;
        for (int shard = 0; shard < 12; ++shard) {
            const size_t next = text.find("foreshard_shard_accesses_total{shard=\"" + std::to_string(shard) + "\"} 1939\n");
            QVERIFY2(next != std::string::npos && next > at, text.c_str());
            at = next;
        }
    }
    void whatIsUnknownIsAbsent() {
        const auto text = prometheusText({});
        QVERIFY(text.find("foreshard_shard_load") == std::string::npos);
        QVERIFY(text.find("foreshard_multi_shard_share") == std::string::npos);
        QVERIFY(text.find("foreshard_model_error") == std::string::npos);
        QVERIFY(holds(text, "foreshard_alert_active{rule=\"skew\"} 0"));
        const auto full = prometheusText(watched::fullSnapshot());
        QVERIFY(full.find("foreshard_shard_load_predicted{shard=\"1\"}") == std::string::npos);
        QVERIFY(full.find("foreshard_multi_shard_share_predicted ") == std::string::npos);
    }
    void promtoolAgrees() {
        const QString promtool = QStandardPaths::findExecutable("promtool");
        if (promtool.isEmpty()) QSKIP("promtool is not installed: apt-get install prometheus");
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(promtool, {"check", "metrics"});
        process.write(QByteArray::fromStdString(prometheusText(watched::fullSnapshot())));
        process.closeWriteChannel();
        QVERIFY(process.waitForFinished(20'000));
        const auto said = process.readAll();
        QVERIFY2(process.exitCode() == 0 && said.trimmed().isEmpty(), said.constData());
    }
};

QTEST_GUILESS_MAIN(TestPrometheusText)
#include "test_prometheus_text.moc"
