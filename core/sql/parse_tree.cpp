#include "core/sql/parse_tree.h"

#include <pg_query.h>

#include <nlohmann/json.hpp>

namespace foreshard::sql {

using nlohmann::json;

namespace {
const json* in(const void* p) { return static_cast<const json*>(p); }
}  // namespace

Node Node::operator[](const char* field) const {
    if (!json_ || !in(json_)->is_object()) return {};
    const auto found = in(json_)->find(field);
    return found == in(json_)->end() ? Node() : Node(&*found);
}

size_t Node::size() const { return json_ && in(json_)->is_array() ? in(json_)->size() : 0; }

Node Node::at(size_t index) const { return index < size() ? Node(&(*in(json_))[index]) : Node(); }

std::string_view Node::type() const {
    if (!json_ || !in(json_)->is_object() || in(json_)->size() != 1) return {};
    const auto only = in(json_)->begin();
    // Types begin with a capital letter, fields with a small one.
    return only.key()[0] >= 'A' && only.key()[0] <= 'Z' ? std::string_view(only.key()) : std::string_view();
}

Node Node::as(const char* wanted) const { return type() == wanted ? (*this)[wanted] : Node(); }

std::string_view Node::text() const {
    return json_ && in(json_)->is_string() ? std::string_view(in(json_)->get_ref<const std::string&>())
                                           : std::string_view();
}

int64_t Node::integer(int64_t missing) const {
    return json_ && in(json_)->is_number_integer() ? in(json_)->get<int64_t>() : missing;
}

bool Node::isTrue() const { return json_ && in(json_)->is_boolean() && in(json_)->get<bool>(); }

void Node::children(std::vector<Node>& out) const {
    if (!json_ || !in(json_)->is_structured()) return;
    for (const json& child : *in(json_)) out.push_back(Node(&child));
}

struct ParseTree::Json {
    json tree;
};

ParseTree::ParseTree(std::unique_ptr<Json> json) : json_(std::move(json)) {}
ParseTree::ParseTree(ParseTree&&) noexcept = default;
ParseTree::~ParseTree() = default;

std::optional<ParseTree> ParseTree::parse(const std::string& text) {
    PgQueryParseResult result = pg_query_parse(text.c_str());
    std::unique_ptr<Json> parsed;
    if (!result.error && result.parse_tree) {
        parsed = std::make_unique<Json>();
        // Names that are no UTF-8 make no JSON.
        parsed->tree = json::parse(result.parse_tree, nullptr, false);
        if (parsed->tree.is_discarded()) parsed.reset();
    }
    pg_query_free_parse_result(result);
    if (!parsed) return std::nullopt;
    return ParseTree(std::move(parsed));
}

std::vector<Node> ParseTree::statements() const {
    std::vector<Node> out;
    const Node list = Node(&json_->tree)["stmts"];
    for (size_t i = 0; i < list.size(); ++i) out.push_back(list.at(i)["stmt"]);
    return out;
}

std::vector<std::string> strings(Node list) {
    std::vector<std::string> out;
    for (size_t i = 0; i < list.size(); ++i) out.emplace_back(list.at(i).as("String")["sval"].text());
    return out;
}

}  // namespace foreshard::sql
