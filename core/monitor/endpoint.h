// Endpoint: a tiny HTTP server for a Prometheus server to scrape. GET (or HEAD) /metrics gives what publish() was last given,
// /healthz says "ok"; another path is 404, another method 405. A request must come within a few seconds and in 8 KB; more
// connections than a few dozen wait. One thread of its own; stop() and the destructor end it at once, whatever clients do.
// publish() and stop() from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace foreshard::monitor {

struct ListenAddress {
    std::string host;        // name or address; empty: every interface
    uint16_t port = 0;       // 0: any free one
    bool operator==(const ListenAddress&) const = default;
};

// "127.0.0.1:9187", "localhost:9187", "[::1]:9187", ":9187". Error: usage.
Result<ListenAddress> parseListenAddress(std::string_view text);

struct EndpointOptions {
    std::chrono::milliseconds timeout{5000};   // for a request to come whole, an answer to leave, and between two requests
    size_t maxConnections = 64;
};

class Endpoint {
public:
    // Errors: notFound (no such host), conflict (the port is taken), unreadable (not allowed), io.
    static Result<std::unique_ptr<Endpoint>> listen(const ListenAddress& address, EndpointOptions options = {});
    ~Endpoint();
    Endpoint(const Endpoint&) = delete;
    Endpoint& operator=(const Endpoint&) = delete;

    void publish(std::string metrics);
    void stop();
    uint16_t port() const;
    std::string url() const;     // "http://127.0.0.1:9187/metrics"

private:
    struct Impl;
    explicit Endpoint(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace foreshard::monitor
