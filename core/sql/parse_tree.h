// The parse tree of libpg_query, read-only. Internal to sql/: it keeps the JSON library in one file. Node is a view; a
// missing field is a null node, of which every question has an empty answer, so that a walker need not check each step.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foreshard::sql {

class Node {
public:
    Node() = default;
    explicit Node(const void* json) : json_(json) {}
    explicit operator bool() const { return json_ != nullptr; }

    Node operator[](const char* field) const;
    // Lists.
    size_t size() const;
    Node at(size_t index) const;
    // A wrapped node, {"SelectStmt": {…}}: its one key; empty for anything else.
    std::string_view type() const;
    bool is(std::string_view wanted) const { return type() == wanted; }
    // What a wrapped node holds; a null node where it is not of that type.
    Node as(const char* wanted) const;

    std::string_view text() const;           // of a string
    int64_t integer(int64_t missing) const;  // of a number
    bool isTrue() const;
    // Every node directly inside (fields of an object, elements of a list).
    void children(std::vector<Node>& out) const;

private:
    const void* json_ = nullptr;
};

class ParseTree {
public:
    ParseTree(ParseTree&&) noexcept;
    ~ParseTree();
    // Nothing where libpg_query refuses the text. `text` must hold no NUL.
    static std::optional<ParseTree> parse(const std::string& text);
    // The statements, wrapped.
    std::vector<Node> statements() const;

private:
    struct Json;
    explicit ParseTree(std::unique_ptr<Json> json);
    std::unique_ptr<Json> json_;
};

// The fields "sval" of a list of String nodes: names, operators.
std::vector<std::string> strings(Node list);

}  // namespace foreshard::sql
