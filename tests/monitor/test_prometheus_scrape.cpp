// A real prometheus server scrapes the endpoint, and its own HTTP API gives the value back.
#include <QtTest>

#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <nlohmann/json.hpp>

#include "core/monitor/endpoint.h"
#include "core/monitor/prometheus_text.h"
#include "tests/monitor/http_client.h"
#include "tests/monitor/snapshot.h"

using namespace foreshard;
using namespace foreshard::monitor;

namespace {

uint16_t freePort() {
    boost::asio::io_context context;
    client::tcp::acceptor acceptor(context, client::tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), 0));
    return acceptor.local_endpoint().port();
}

// Ends the server however the test ends.
struct Server : QProcess {
    ~Server() override {
        terminate();
        if (!waitForFinished(3000)) kill(), waitForFinished(3000);
    }
};

// The value of an instant query, or nothing while the server is not up or has not scraped.
std::optional<std::string> query(uint16_t port, const std::string& expression) {
    try {
        const auto response = client::get(port, "/api/v1/query?query=" + expression);
        auto body = client::body(response);
        const auto json = nlohmann::json::parse(body.substr(std::min(body.size(), body.find('{')), body.rfind('}') + 1 - body.find('{')), nullptr, false);
        if (json.is_discarded() || json["data"]["result"].empty()) return std::nullopt;
        return json["data"]["result"][0]["value"][1].get<std::string>();
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

}  // namespace

class TestPrometheusScrape : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aRealServerScrapes() {
        const QString program = QStandardPaths::findExecutable("prometheus");
        if (program.isEmpty()) QSKIP("prometheus is not installed: apt-get install prometheus");
        auto endpoint = Endpoint::listen({"127.0.0.1", 0});
        QVERIFY(endpoint.ok());
        (*endpoint)->publish(prometheusText(watched::fullSnapshot()));
        QTemporaryDir folder;
        QFile config(folder.filePath("prometheus.yml"));
        QVERIFY(config.open(QIODevice::WriteOnly));
        config.write(QString("global:\n  scrape_interval: 1s\nscrape_configs:\n  - job_name: foreshard\n    static_configs:\n      - targets: ['127.0.0.1:%1']\n")
                         .arg((*endpoint)->port()).toUtf8());
        config.close();
        const uint16_t port = freePort();
        Server server;
        server.setProcessChannelMode(QProcess::MergedChannels);
        server.start(program, {"--config.file=" + config.fileName(), "--storage.tsdb.path=" + folder.filePath("data"),
                               QString("--web.listen-address=127.0.0.1:%1").arg(port)});
        QVERIFY(server.waitForStarted(5000));
        std::optional<std::string> value;
        QElapsedTimer timer;
        timer.start();
        while (!value && timer.elapsed() < 20'000 && server.state() == QProcess::Running) {
            QTest::qWait(250);
            value = query(port, "foreshard_shard_load%7Bshard%3D%221%22%7D");
        }
        QVERIFY2(value.has_value(), server.readAll().constData());
        QCOMPARE(*value, std::string("7.5"));
        QCOMPARE(query(port, "foreshard_alert_active%7Brule%3D%22skew%22%7D").value_or(""), std::string("1"));
    }
};

QTEST_GUILESS_MAIN(TestPrometheusScrape)
#include "test_prometheus_scrape.moc"
