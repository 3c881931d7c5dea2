// A plain socket client for the tests of the endpoint: no HTTP library, so that anything can be sent.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <sys/socket.h>
#include <sys/time.h>

#include <string>

namespace client {

using boost::asio::ip::tcp;

class Connection {
public:
    Connection(const std::string& host, uint16_t port) {
        socket_.connect(tcp::endpoint(boost::asio::ip::make_address(host), port));
        const timeval limit{10, 0};
        ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    }
    void send(const std::string& bytes) {
        boost::system::error_code ignored;
        boost::asio::write(socket_, boost::asio::buffer(bytes), ignored);
    }
    // Until the server closes the connection, or ten seconds without a byte.
    std::string readAll() {
        std::string all;
        char block[4096];
        for (;;) {
            const auto n = ::recv(socket_.native_handle(), block, sizeof block, 0);
            if (n < 0) timedOut_ = errno == EAGAIN || errno == EWOULDBLOCK;
            if (n <= 0) return all;
            all.append(block, static_cast<size_t>(n));
        }
    }
    bool timedOut() const { return timedOut_; }

private:
    boost::asio::io_context context_;
    tcp::socket socket_{context_};
    bool timedOut_ = false;
};

inline std::string get(uint16_t port, const std::string& path, const std::string& method = "GET", const std::string& host = "127.0.0.1") {
    Connection connection(host, port);
    connection.send(method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    return connection.readAll();
}

inline std::string body(const std::string& response) {
    const auto end = response.find("\r\n\r\n");
    return end == std::string::npos ? std::string() : response.substr(end + 4);
}

}  // namespace client
