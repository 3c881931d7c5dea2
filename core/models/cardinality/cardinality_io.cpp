// The stored form of a cardinality portfolio and of what it consists of. Maps are written in the order of their keys, so that equal
// portfolios give equal bytes.
#include <algorithm>
#include <cmath>
#include <map>

#include "core/models/cardinality/portfolio.h"

namespace foreshard::models {

namespace {

constexpr uint64_t magic = 0x4e49445241435346;   // "FSCARDIN"

Error damaged() { return {ErrorCategory::format, "The trained cardinality model is cut short or damaged.", "Train the models again.", {}}; }

template <typename Map, typename Fn>
void writeMap(ByteWriter& out, const Map& map, Fn fn) {
    const std::map<typename Map::key_type, typename Map::mapped_type> sorted(map.begin(), map.end());
    out.list(sorted, fn);
}

double finite(ByteReader& in) {
    const double value = in.real();
    if (!std::isfinite(value)) in.fail();
    return value;
}

void writeNumbers(ByteWriter& out, const std::unordered_map<std::string, uint32_t>& names) {
    writeMap(out, names, [](ByteWriter& w, const auto& entry) {
        w.text(entry.first);
        w.varint(entry.second);
    });
}
// Names numbered from 0 without a gap.
std::unordered_map<std::string, uint32_t> readNumbers(ByteReader& in) {
    std::unordered_map<std::string, uint32_t> names;
    std::vector<bool> seen;
    in.list([&](ByteReader& r) {
        auto name = r.text();
        const auto number = r.varint();
        if (number > UINT16_MAX || (number < seen.size() && seen[number])) return r.fail();
        seen.resize(std::max<size_t>(seen.size(), number + 1));
        seen[number] = true;
        names.emplace(std::move(name), static_cast<uint32_t>(number));
    });
    if (names.size() != seen.size()) in.fail();
    return names;
}

void writeErrors(ByteWriter& out, const QErrors& errors) {
    for (const double value : {errors.q50, errors.q90, errors.q95, errors.q99, errors.max, errors.mean}) out.real(value);
}
QErrors readErrors(ByteReader& in) {
    QErrors errors;
    for (double* value : {&errors.q50, &errors.q90, &errors.q95, &errors.q99, &errors.max, &errors.mean}) *value = in.real();
    return errors;
}

void writeBand(ByteWriter& out, const ErrorBand& band) {
    out.real(band.low);
    out.real(band.high);
}
ErrorBand readBand(ByteReader& in) {
    const double low = finite(in), high = finite(in);
    return {static_cast<float>(low), static_cast<float>(high)};
}

void writeChoice(ByteWriter& out, const CardinalityChoice& choice) {
    for (uint32_t c = 0; c < cardinalityCandidates; ++c) {
        out.real(choice.weights[c]);
        out.real(choice.errors[c]);
        writeErrors(out, choice.candidates[c]);
    }
    out.real(choice.error);
    out.varint(choice.queries);
    writeErrors(out, choice.chosen);
    writeBand(out, choice.band);
    out.list(choice.families, [](ByteWriter& w, const auto& entry) {
        w.fixed64(entry.first);
        writeBand(w, entry.second);
    });
    out.maybe(choice.coverage, [](ByteWriter& w, double value) { w.real(value); });
}
CardinalityChoice readChoice(ByteReader& in) {
    CardinalityChoice choice;
    for (uint32_t c = 0; c < cardinalityCandidates; ++c) {
        choice.weights[c] = in.real();
        if (!(choice.weights[c] >= 0 && choice.weights[c] <= 1 + 1e-9)) in.fail();
        choice.errors[c] = in.real();   // NaN: diverged
        choice.candidates[c] = readErrors(in);
    }
    choice.error = in.real();
    choice.queries = in.varint();
    choice.chosen = readErrors(in);
    choice.band = readBand(in);
    in.list([&](ByteReader& r) {
        const auto family = r.fixed64();
        choice.families[family] = readBand(r);
    });
    choice.coverage = in.maybe([](ByteReader& r) { return finite(r); });
    return choice;
}

}  // namespace

void CardinalityStatistics::write(ByteWriter& out) const {
    writeMap(out, tables_, [](ByteWriter& w, const auto& entry) {
        w.text(entry.first);
        w.real(entry.second.rows);
        w.boolean(entry.second.exact);
    });
    writeMap(out, columns_, [](ByteWriter& w, const auto& entry) {
        w.text(entry.first);
        w.real(entry.second.low);
        w.real(entry.second.high);
        w.real(entry.second.distinct);
    });
    writeMap(out, joins_, [](ByteWriter& w, const auto& entry) {
        w.text(entry.first);
        w.real(entry.second);
    });
}

CardinalityStatistics CardinalityStatistics::read(ByteReader& in) {
    CardinalityStatistics statistics;
    in.list([&](ByteReader& r) {
        auto& table = statistics.tables_[r.text()];
        table.rows = finite(r);
        table.exact = r.boolean();
        if (!(table.rows > 0)) r.fail();
    });
    in.list([&](ByteReader& r) {
        auto& column = statistics.columns_[r.text()];
        column.low = finite(r);
        column.high = finite(r);
        column.distinct = finite(r);
        if (!(column.distinct > 0) || column.low > column.high) r.fail();
    });
    in.list([&](ByteReader& r) {
        auto name = r.text();
        statistics.joins_[std::move(name)] = finite(r);
    });
    return statistics;
}

void CardinalityEncoder::write(ByteWriter& out) const {
    out.varint(formatVersion);
    statistics_.write(out);
    writeNumbers(out, tables_);
    writeNumbers(out, joins_);
    writeMap(out, columns_, [](ByteWriter& w, const auto& entry) {
        const Column& column = entry.second;
        w.text(entry.first);
        w.varint(column.number);
        w.list(column.literals, [](ByteWriter& v, double literal) { v.real(literal); });
        writeMap(w, column.frequent, [](ByteWriter& v, const auto& value) {
            v.real(value.first);
            v.varint(value.second);
        });
        writeMap(w, column.errors, [](ByteWriter& v, const auto& value) {
            v.real(value.first);
            v.list(value.second, [](ByteWriter& e, const auto& error) {
                e.fixed64(error.first);
                e.real(error.second);
            });
        });
    });
}

CardinalityEncoder CardinalityEncoder::read(ByteReader& in) {
    CardinalityEncoder encoder;
    if (in.varint() != formatVersion) in.fail();
    encoder.statistics_ = CardinalityStatistics::read(in);
    encoder.tables_ = readNumbers(in);
    encoder.joins_ = readNumbers(in);
    std::vector<uint32_t> numbers;
    in.list([&](ByteReader& r) {
        auto name = r.text();
        Column column;
        column.number = static_cast<uint32_t>(r.varint());
        numbers.push_back(column.number);
        r.list([&](ByteReader& v) { column.literals.push_back(finite(v)); });
        r.list([&](ByteReader& v) {
            const double value = finite(v);
            column.frequent[value] = static_cast<uint32_t>(v.varint());
            if (column.frequent[value] >= frequentValues) v.fail();
        });
        r.list([&](ByteReader& v) {
            auto& errors = column.errors[finite(v)];
            v.list([&](ByteReader& e) {
                const auto group = e.fixed64();
                errors.emplace_back(group, static_cast<float>(finite(e)));
            });
        });
        if (!std::is_sorted(column.literals.begin(), column.literals.end()) || !encoder.statistics_.hasColumn(name)) r.fail();
        encoder.columns_.emplace(std::move(name), std::move(column));
    });
    std::sort(numbers.begin(), numbers.end());
    for (size_t i = 0; i < numbers.size(); ++i)
        if (numbers[i] != i) in.fail();
    return encoder;
}

Status CardinalityFold::write(ByteWriter& out) const {
    encoder_.write(out);
    for (uint32_t c = 0; c < cardinalityCandidates; ++c) {
        out.boolean(usable_[c]);
        out.real(seconds_[c]);
    }
    out.text(usable_[networkOnError] ? onError_.write() : std::string());
    out.text(usable_[networkDirect] ? direct_.write() : std::string());
    std::string trees;
    if (usable_[treesOnError]) {
        FS_ASSIGN(trees, trees_.write());
    }
    out.text(trees);
    out.text(usable_[mixtureOfIndependences] ? mixture_.write() : std::string());
    return {};
}

Result<CardinalityFold> CardinalityFold::read(ByteReader& in) {
    CardinalityFold fold;
    fold.encoder_ = CardinalityEncoder::read(in);
    for (uint32_t c = 0; c < cardinalityCandidates; ++c) {
        fold.usable_[c] = in.boolean();
        fold.seconds_[c] = in.real();
    }
    const auto onError = in.view(), direct = in.view(), trees = in.view(), mixture = in.view();
    if (!in.ok()) return damaged();
    const auto rows = fold.encoder_.rowColumns();
    if (fold.usable_[networkOnError]) {
        FS_ASSIGN(fold.onError_, Mlp::read(onError));
        if (fold.onError_.columns != rows) return damaged();
    }
    if (fold.usable_[networkDirect]) {
        FS_ASSIGN(fold.direct_, Mlp::read(direct));
        if (fold.direct_.columns != rows) return damaged();
    }
    if (fold.usable_[treesOnError]) {
        FS_ASSIGN(fold.trees_, Trees::read(trees));
        if (fold.trees_.columns() != rows) return damaged();
    }
    if (fold.usable_[mixtureOfIndependences]) {
        FS_ASSIGN(fold.mixture_, Mixture::read(mixture));
        if (fold.mixture_.columns != fold.encoder_.elementColumns()) return damaged();
    }
    return fold;
}

Result<std::string> CardinalityPortfolio::write() const {
    if (sampled_) return Error{ErrorCategory::usage, "A model that was trained on queries with samples of tables is not kept.", "Train it on queries without samples.", {}};
    ByteWriter out;
    out.fixed64(magic);
    out.varint(formatVersion);
    out.varint(CardinalityEncoder::formatVersion);
    out.varint(folds_.size());
    for (const auto& fold : folds_) FS_TRY(fold.write(out));
    writeChoice(out, known_);
    writeChoice(out, unseen_);
    std::vector<uint64_t> families(families_.begin(), families_.end());
    std::sort(families.begin(), families.end());
    out.list(families, [](ByteWriter& w, uint64_t family) { w.fixed64(family); });
    return out.take();
}

Result<CardinalityPortfolio> CardinalityPortfolio::read(std::string_view bytes) {
    ByteReader in(bytes);
    if (in.fixed64() != magic) return damaged();
    const Error other{ErrorCategory::version, "The trained cardinality model is of another version of Foreshard, or knows other features.", "Train the models again.", {}};
    if (in.varint() != formatVersion || in.varint() != CardinalityEncoder::formatVersion) return in.ok() ? other : damaged();
    CardinalityPortfolio portfolio;
    const auto folds = in.varint();
    for (uint64_t f = 0; f < folds && in.ok(); ++f) {
        FS_ASSIGN(auto fold, CardinalityFold::read(in));
        portfolio.folds_.push_back(std::move(fold));
    }
    portfolio.known_ = readChoice(in);
    portfolio.unseen_ = readChoice(in);
    in.list([&](ByteReader& r) { portfolio.families_.insert(r.fixed64()); });
    if (!in.ok() || !in.atEnd() || portfolio.folds_.empty()) return damaged();
    return portfolio;
}

}  // namespace foreshard::models
