// The metrics endpoint against a plain socket: answers, refusals, slow and rude clients, stopping, taken ports.
#include <QtTest>

#include <thread>

#include "core/monitor/endpoint.h"
#include "tests/monitor/http_client.h"

using namespace foreshard;
using namespace foreshard::monitor;

namespace {
std::unique_ptr<Endpoint> open(const std::string& host = "127.0.0.1", EndpointOptions options = {}) {
    auto made = Endpoint::listen({host, 0}, options);
    if (!made) qFatal("%s", made.error().message.c_str());
    return std::move(made).value();
}
bool starts(const std::string& response, const char* status) { return response.starts_with(std::string("HTTP/1.1 ") + status); }
}  // namespace

class TestEndpoint : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void addresses() {
        QCOMPARE(*parseListenAddress("127.0.0.1:9187"), (ListenAddress{"127.0.0.1", 9187}));
        QCOMPARE(*parseListenAddress("[::1]:9187"), (ListenAddress{"::1", 9187}));
        QCOMPARE(*parseListenAddress("localhost:0"), (ListenAddress{"localhost", 0}));
        QCOMPARE(*parseListenAddress(":80"), (ListenAddress{"", 80}));
        for (const char* bad : {"", "9187", "host", "host:", "host:x", "host:65536", "host:-1", "::1:80", "[::1:80", "[]:80", "a b:80", "host:80x"})
            QCOMPARE(parseListenAddress(bad).error().category, ErrorCategory::usage);
    }
    void answers() {
        const auto endpoint = open();
        endpoint->publish("a 1\n");
        const auto metrics = client::get(endpoint->port(), "/metrics");
        QVERIFY(starts(metrics, "200"));
        QVERIFY(metrics.find("Content-Type: text/plain; version=0.0.4") != std::string::npos);
        QCOMPARE(client::body(metrics), std::string("a 1\n"));
        endpoint->publish("a 2\n");
        QCOMPARE(client::body(client::get(endpoint->port(), "/metrics?x=1")), std::string("a 2\n"));
        QCOMPARE(client::body(client::get(endpoint->port(), "/healthz")), std::string("ok\n"));
        QVERIFY(starts(client::get(endpoint->port(), "/"), "404"));
        QVERIFY(starts(client::get(endpoint->port(), "/metrics/../../etc/passwd"), "404"));
        const auto post = client::get(endpoint->port(), "/metrics", "POST");
        QVERIFY(starts(post, "405") && post.find("Allow: GET, HEAD") != std::string::npos);
        const auto head = client::get(endpoint->port(), "/metrics", "HEAD");
        QVERIFY(starts(head, "200") && head.find("Content-Length: 4") != std::string::npos);
        QVERIFY(client::body(head).empty());
        QCOMPARE(endpoint->url(), "http://127.0.0.1:" + std::to_string(endpoint->port()) + "/metrics");
    }
    void twoRequestsOnOneConnection() {
        const auto endpoint = open();
        endpoint->publish("a 1\n");
        client::Connection connection("127.0.0.1", endpoint->port());
        connection.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        const auto both = connection.readAll();
        QVERIFY(both.find("a 1\n") != std::string::npos && both.ends_with("ok\n"));
    }
    void rudeClients() {
        const auto endpoint = open();
        const std::string garbage("\x16\x03\x01\x02\0\x01\xff\xfe\r\n\r\n", 12);
        const auto send = [&](const std::string& bytes) {
            client::Connection connection("127.0.0.1", endpoint->port());
            connection.send(bytes);
            const auto response = connection.readAll();
            if (connection.timedOut()) qFatal("the endpoint hangs");
            return response;
        };
        QVERIFY(starts(send(garbage), "400"));
        QVERIFY(starts(send("GET /metrics\r\n\r\n"), "400"));
        QVERIFY(!starts(send("GET /metrics HTTP/1.1\r\nX: " + std::string(20'000, 'a') + "\r\n\r\n"), "200"));
        QVERIFY(!starts(send("POST /metrics HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n" + std::string(100, 'a')), "200"));
        { client::Connection gone("127.0.0.1", endpoint->port()); }
        QCOMPARE(client::body(client::get(endpoint->port(), "/healthz")), std::string("ok\n"));
    }
    void slowClientsAreLeftBehind() {
        EndpointOptions options;
        options.timeout = std::chrono::milliseconds(150);
        options.maxConnections = 4;
        const auto endpoint = open("127.0.0.1", options);
        std::vector<std::unique_ptr<client::Connection>> slow;
        for (int i = 0; i < 8; ++i) {   // more than may be open
            slow.push_back(std::make_unique<client::Connection>("127.0.0.1", endpoint->port()));
            slow.back()->send("GET /metr");
        }
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(client::body(client::get(endpoint->port(), "/healthz")), std::string("ok\n"));
        QVERIFY(timer.elapsed() < 5000);
        QVERIFY(slow.front()->readAll().empty() && !slow.front()->timedOut());
    }
    void stopsAtOnceWithClientsConnected() {
        auto endpoint = open();
        client::Connection idle("127.0.0.1", endpoint->port());
        idle.send("GET /met");
        QTest::qWait(50);
        QElapsedTimer timer;
        timer.start();
        endpoint->stop();
        endpoint->stop();
        endpoint.reset();
        QVERIFY(timer.elapsed() < 1000);
    }
    void takenPortsAndForeignAddresses() {
        const auto endpoint = open();
        const auto second = Endpoint::listen({"127.0.0.1", endpoint->port()});
        QVERIFY(!second.ok());
        QCOMPARE(second.error().category, ErrorCategory::conflict);
        QVERIFY(second.error().message.find(std::to_string(endpoint->port())) != std::string::npos);
        QCOMPARE(Endpoint::listen({"203.0.113.9", 0}).error().category, ErrorCategory::io);
        QCOMPARE(Endpoint::listen({"no-such-host.invalid", 0}).error().category, ErrorCategory::notFound);
    }
    void sixAndEveryInterface() {
        const auto everywhere = open("");
        QCOMPARE(client::body(client::get(everywhere->port(), "/healthz")), std::string("ok\n"));
        auto six = Endpoint::listen({"::1", 0});
        if (!six) QSKIP("this machine has no IPv6 loopback");
        QCOMPARE(client::body(client::get((*six)->port(), "/healthz", "GET", "::1")), std::string("ok\n"));
        QVERIFY((*six)->url().starts_with("http://[::1]:"));
    }
};

QTEST_GUILESS_MAIN(TestEndpoint)
#include "test_endpoint.moc"
