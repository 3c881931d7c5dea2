#include "core/monitor/endpoint.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <charconv>
#include <mutex>
#include <thread>

namespace foreshard::monitor {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr uint32_t headerLimit = 8 * 1024;
constexpr uint64_t bodyLimit = 1024;

// What is served, shared by all connections.
class Published {
public:
    void set(std::string text) {
        auto fresh = std::make_shared<const std::string>(std::move(text));
        std::lock_guard lock(mutex_);
        text_ = std::move(fresh);
    }
    std::shared_ptr<const std::string> get() const {
        std::lock_guard lock(mutex_);
        return text_;
    }

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const std::string> text_ = std::make_shared<const std::string>();
};

using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

Response answer(const Request& request, const Published& published) {
    const std::string_view target(request.target().data(), request.target().size());
    const std::string_view path = target.substr(0, target.find('?'));
    Response response(http::status::ok, request.version());
    response.keep_alive(request.keep_alive());
    response.set(http::field::server, "foreshard");
    response.set(http::field::content_type, "text/plain; charset=utf-8");
    const bool known = path == "/metrics" || path == "/healthz";
    if (known && request.method() != http::verb::get && request.method() != http::verb::head) {
        response.result(http::status::method_not_allowed);
        response.set(http::field::allow, "GET, HEAD");
        response.body() = "Only GET is answered here.\n";
    } else if (path == "/metrics") {
        response.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
        response.body() = *published.get();
    } else if (path == "/healthz") {
        response.body() = "ok\n";
    } else {
        response.result(http::status::not_found);
        response.body() = "There is /metrics and /healthz.\n";
    }
    response.prepare_payload();
    if (request.method() == http::verb::head) response.body().clear();   // the length stays
    return response;
}

// One connection; lives as long as an operation of it is under way. All on the endpoint's thread.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(tcp::socket socket, const Published& published, std::chrono::milliseconds timeout, size_t& open)
        : stream_(std::move(socket)), published_(published), timeout_(timeout), open_(open) { ++open_; }
    ~Connection() { --open_; }

    void read() {
        parser_.emplace();
        parser_->header_limit(headerLimit);
        parser_->body_limit(bodyLimit);
        stream_.expires_after(timeout_);
        http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](beast::error_code error, size_t) { self->handle(error); });
    }

private:
    void handle(beast::error_code error) {
        if (error && error.category() == http::make_error_code(http::error::bad_method).category() && error != http::error::end_of_stream &&
            error != http::error::partial_message) {
            response_ = Response(http::status::bad_request, 11);
            response_.keep_alive(false);
            response_.body() = "This is no request that is answered here.\n";
            response_.prepare_payload();
        } else if (error) {
            return close();
        } else {
            response_ = answer(parser_->get(), published_);
        }
        write();
    }
    void write() {
        stream_.expires_after(timeout_);
        serializer_.emplace(response_);
        const bool headOnly = parser_->is_header_done() && parser_->get().method() == http::verb::head;
        auto done = [self = shared_from_this()](beast::error_code error, size_t) {
            if (error || !self->response_.keep_alive()) return self->close();
            self->read();
        };
        if (headOnly) http::async_write_header(stream_, *serializer_, std::move(done));
        else http::async_write(stream_, *serializer_, std::move(done));
    }
    void close() {
        beast::error_code ignored;
        stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
        stream_.close();
    }

    beast::tcp_stream stream_;
    const Published& published_;
    std::chrono::milliseconds timeout_;
    size_t& open_;
    beast::flat_buffer buffer_{headerLimit + bodyLimit};
    std::optional<http::request_parser<http::string_body>> parser_;
    std::optional<http::response_serializer<http::string_body>> serializer_;
    Response response_;
};

Error listenError(const ListenAddress& address, const beast::error_code& error) {
    const std::string place = (address.host.empty() ? "every interface" : address.host) + ", port " + std::to_string(address.port);
    if (error == asio::error::address_in_use)
        return {ErrorCategory::conflict, "Port " + std::to_string(address.port) + " is taken by another program.", "Listen on another port, or stop that program.", error.message()};
    if (error == asio::error::access_denied)
        return {ErrorCategory::unreadable, "Listening on " + place + " is not allowed.", "Use a port above 1023.", error.message()};
    return {ErrorCategory::io, "Cannot listen on " + place + ".", "Check that the address belongs to this machine.", error.message()};
}

}  // namespace

struct Endpoint::Impl {
    Published published;             // outlives the connections, which the context holds
    EndpointOptions options;
    size_t open = 0;
    asio::io_context context{1};
    tcp::acceptor acceptor{context};
    asio::steady_timer pause{context};
    tcp::endpoint local;
    std::thread thread;
    std::mutex stopping;

    void accept() {
        if (open >= options.maxConnections) {   // the others wait in the queue of the system
            pause.expires_after(std::chrono::milliseconds(50));
            pause.async_wait([this](beast::error_code error) { if (!error) accept(); });
            return;
        }
        acceptor.async_accept([this](beast::error_code error, tcp::socket socket) {
            if (error == asio::error::operation_aborted) return;
            if (!error) std::make_shared<Connection>(std::move(socket), published, options.timeout, open)->read();
            if (!error) return accept();
            pause.expires_after(std::chrono::milliseconds(50));   // such as: no more file descriptors
            pause.async_wait([this](beast::error_code stopped) { if (!stopped) accept(); });
        });
    }
    Status open_(const ListenAddress& address) {
        beast::error_code error;
        tcp::endpoint wanted(tcp::v6(), address.port);
        bool dual = address.host.empty();
        if (!address.host.empty()) {
            const auto found = tcp::resolver(context).resolve(address.host, std::to_string(address.port), error);
            if (error || found.empty())
                return Error{ErrorCategory::notFound, "There is no host \"" + address.host + "\".", "Give an address of this machine, such as 127.0.0.1.", error.message()};
            // "localhost" may mean both; scrapers try IPv4 at least.
            const auto four = std::find_if(found.begin(), found.end(), [](const auto& entry) { return entry.endpoint().address().is_v4(); });
            wanted = (four == found.end() ? found.begin() : four)->endpoint();
        }
        acceptor.open(wanted.protocol(), error);
        if (error && dual) {   // a machine without IPv6
            dual = false;
            wanted = tcp::endpoint(tcp::v4(), address.port);
            acceptor.open(wanted.protocol(), error);
        }
        if (!error && dual) acceptor.set_option(asio::ip::v6_only(false), error);
        if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
        if (!error) acceptor.bind(wanted, error);
        if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
        if (!error) local = acceptor.local_endpoint(error);
        return error ? Status(listenError(address, error)) : Status();
    }
};

Result<ListenAddress> parseListenAddress(std::string_view text) {
    const Error bad{ErrorCategory::usage, "\"" + std::string(text) + "\" is no address to listen on.", "Use HOST:PORT, such as 127.0.0.1:9187 or [::1]:9187.", {}};
    const size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return bad;
    std::string_view host = text.substr(0, colon), port = text.substr(colon + 1);
    if (host.starts_with('[') != host.ends_with(']') || (host.find(':') != std::string_view::npos && !host.starts_with('['))) return bad;
    if (host.starts_with('[')) {
        if (host.size() < 4) return bad;
        host = host.substr(1, host.size() - 2);
    }
    ListenAddress address{std::string(host), 0};
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
    if (error != std::errc() || end != port.data() + port.size() || host.find_first_of(" /\t\n") != std::string_view::npos) return bad;
    return address;
}

Endpoint::Endpoint(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Endpoint>> Endpoint::listen(const ListenAddress& address, EndpointOptions options) {
    try {
        auto impl = std::make_unique<Impl>();
        impl->options = options;
        FS_TRY(impl->open_(address));
        impl->accept();
        impl->thread = std::thread([raw = impl.get()] {
            // A handler that throws (memory) costs its connection, not the program.
            for (bool again = true; again;) {
                try {
                    raw->context.run();
                    again = false;
                } catch (const std::exception&) {
                }
            }
        });
        return std::unique_ptr<Endpoint>(new Endpoint(std::move(impl)));
    } catch (const std::exception& e) {
        return Error{ErrorCategory::io, "The metrics endpoint could not be started.", "Try again, or leave --listen out.", e.what()};
    }
}

Endpoint::~Endpoint() { stop(); }

void Endpoint::stop() {
    std::lock_guard lock(impl_->stopping);
    impl_->context.stop();
    if (impl_->thread.joinable()) impl_->thread.join();
}

void Endpoint::publish(std::string metrics) { impl_->published.set(std::move(metrics)); }

uint16_t Endpoint::port() const { return impl_->local.port(); }

std::string Endpoint::url() const {
    const auto address = impl_->local.address();
    std::string host = address.is_unspecified() ? "localhost" : address.to_string();
    if (address.is_v6() && !address.is_unspecified()) host = "[" + host + "]";
    return "http://" + host + ":" + std::to_string(port()) + "/metrics";
}

}  // namespace foreshard::monitor
