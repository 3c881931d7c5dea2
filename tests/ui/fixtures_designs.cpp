#include <algorithm>
#include <cmath>

#include "core/base/hash.h"
#include "tests/ui/fixtures.h"

namespace foreshard::ui::fixtures {

namespace {

using sharding::Strategy;

sharding::Design designBy(const std::string& id, const std::string& name, const std::string& key, bool ratesEverywhere) {
    sharding::Design d;
    d.id = id;
    d.name = name;
    d.shards = 4;
    for (const auto& table : workload()->facts->schema.tables) {
        sharding::TableDesign t;
        t.table = table.qualifiedName();
        if (table.name == "exchange_rates") {
            t.strategy = ratesEverywhere ? Strategy::reference : Strategy::unsharded;
        } else {
            t.strategy = Strategy::hash;
            t.group = 1;
            t.key.push_back({table.column(key) ? key : "tenant_id", table.column(key) ? key : "tenant_id", ValueType::integer});
        }
        d.tables.push_back(std::move(t));
    }
    return d;
}

advisor::RankedDesign ranked(uint32_t rank, sharding::Design design, advisor::Scores scores, advisor::Scores held, const std::string& reason, std::vector<std::string> risks) {
    advisor::RankedDesign out;
    out.rank = rank;
    out.design = std::move(design);
    out.scores = scores;
    out.heldOut = held;
    out.reason = reason;
    out.risks = std::move(risks);
    for (const auto& t : out.design.tables) {
        out.why[t.table] = t.strategy == Strategy::hash
                               ? std::vector<std::string>{"binds " + t.key.front().expression + " in 99.6 % of its accesses", "joined with orders on it in 2 templates"}
                               : std::vector<std::string>{"12 rows, read by every tenant, never written", "8 kB: a copy on each shard costs nothing"};
    }
    return out;
}

cost::Projection project(const std::string& design, uint32_t shards, double skew, double multi) {
    cost::Projection p;
    p.design = design;
    p.scenario = "observed";
    p.shards = shards;
    p.transactions = 24'000;
    p.multiShardShare = multi;
    p.multiShardWriteShare = multi * 0.2;
    p.multiShardReadShare = multi * 0.8;
    p.fanOutMix.assign(shards + 1, 0.0);
    p.fanOutMix[1] = 1 - multi;
    p.fanOutMix[shards] += multi;
    p.loadMaxOverMean = skew;
    p.loadMaxOverMeanWorst = skew * 1.3;
    p.storageMaxOverMean = 1 + (skew - 1) / 2;
    p.loadOrigin = "exact slot counts";
    Random random(hashText(design) + shards);
    for (int h = 0; h < 14 * 24; ++h) p.times.push_back(shopBegin + h * microsPerHour);
    for (uint32_t s = 0; s < shards; ++s) {
        cost::ShardLoad load{.shard = s};
        const double weight = shards == 1 ? 1 : s == 2 ? skew / shards : (1 - skew / shards) / (shards - 1);
        for (int h = 0; h < 14 * 24; ++h) {
            const double daily = 0.55 + 0.45 * std::cos((h % 24 - 14) / 24.0 * 6.283);
            load.values.push_back(9.4 * weight * daily * (1 + 0.05 * random.normal()));
        }
        p.load.push_back(std::move(load));
        p.storageBytes.push_back(381e6 * weight);
        p.storageRows.push_back(3.36e6 * weight);
    }
    p.hottestShard = shards > 2 ? 2 : 0;
    p.bytesMoved = shards == 1 ? 0 : 381e6 * (1 - 1.0 / shards);
    return p;
}

}  // namespace

std::shared_ptr<const sharding::Design> today() {
    static const auto made = [] {
        auto d = std::make_shared<sharding::Design>();
        d->id = "today";
        d->name = "one database";
        d->shards = 1;
        for (const auto& table : workload()->facts->schema.tables) {
            sharding::TableDesign t;
            t.table = table.qualifiedName();
            d->tables.push_back(std::move(t));
        }
        return std::shared_ptr<const sharding::Design>(std::move(d));
    }();
    return made;
}

std::shared_ptr<const advisor::Advice> advice() {
    auto out = std::make_shared<advisor::Advice>();
    out->designs.push_back(ranked(1, designBy("d1", "by tenant, rates everywhere", "tenant_id", true), {0.021, 0.0004, 1.31, 1.12}, {0.023, 0.0005, 1.42, 1.12},
                                  "Every transaction of a shop stays on one shard; exchange rates are copied to all.", {"tenant 17 alone is 19 % of the load of its shard and grows"}));
    out->designs.push_back(ranked(2, designBy("d2", "by tenant, rates on one shard", "tenant_id", false), {0.118, 0.0004, 1.38, 1.12}, {0.121, 0.0005, 1.47, 1.12},
                                  "As the first, but reading exchange rates leaves the shop's shard.", {}));
    out->designs.push_back(ranked(3, designBy("d3", "by product and order", "product_id", true), {0.412, 0.184, 1.06, 1.02}, {0.418, 0.187, 1.07, 1.02},
                                  "Spreads the load evenly, and pays for it: an order touches the shards of its products.", {"18 % of transactions write on several shards", "stock of product 512 stays hot"}));
    out->designs[1].beatenBy = "d1";
    out->designs[0].onFront = out->designs[2].onFront = true;
    out->designs[0].regret = 0.11;
    out->designs[2].regret = 0.62;
    // peak work, visits by writes and by reads; what the other weights add is nothing.
    const double parts[3][3] = {{0.31, 0.001, 0.062}, {0.38, 0.001, 0.35}, {0.06, 0.55, 0.7}};
    for (size_t i = 0; i < 3; ++i) {
        auto& d = out->designs[i];
        d.parts.assign(advisor::namedWeights().size(), 0.0);
        for (size_t k = 0; k < 3; ++k) d.objective += d.parts[k] = parts[i][k];
        d.movedShare = 0.75;
    }
    out->turningPoints = {{"With 20 % more of “UPDATE stock”, the third design is no worse.", "d3", 0, true}};
    advisor::Offer offer;
    offer.kind = "lookup";
    offer.table = "public.payments";
    offer.from = "reference";
    offer.key = "tenant_id";
    offer.shareBefore = 0.021;
    offer.shareAfter = 0.005;
    offer.upkeep = offer.shareWithUpkeep = 0.172;
    offer.why = "Payments are found by their reference, which names no tenant.";
    offer.ddl = "CREATE TABLE public.payments_by_reference (reference character varying(20) PRIMARY KEY, tenant_id integer);";
    out->designs[0].offers.push_back(offer);
    for (auto& d : out->designs) {
        const bool byTenant = d.rank < 3;
        d.crossings.push_back({{"SELECT order_id FROM payments WHERE reference = $1"}, byTenant ? 0.016 : 0.21, 4, "It names public.payments by reference and not by the key, so every shard is asked.",
                               "A lookup table from reference to tenant_id, kept by 17.2 % of transactions, leaves 0 % of transactions of this kind on several shards.", 0.0, 1.0});
        d.constraints.push_back({"public.payments", "payments_reference", "unique", {"reference"}, advisor::Fate::needsLookup, "Equal rows may lie on different shards; a table sharded by them can keep it.",
                                 "CREATE TABLE public.payments_by_reference (reference character varying(20) NOT NULL, tenant_id integer, PRIMARY KEY (reference));"});
        d.constraints.push_back({"public.orders", "orders_pkey", "primary key", {"tenant_id", "id"}, advisor::Fate::local, "It holds the sharding key: equal rows would lie on one shard.", ""});
    }
    out->limits = {"11 % of calls bind no key of the tables that they read; they load every shard."};
    out->searched = {shopBegin, shopBegin + 7 * microsPerDay};
    out->heldOut = {shopBegin + 7 * microsPerDay, shopBegin + 14 * microsPerDay};
    out->evaluations = 4'812;
    return out;
}

std::shared_ptr<const advisor::WhyNot> whyNot() {
    auto out = std::make_shared<advisor::WhyNot>();
    out->table = "public.orders";
    out->column = "customer_id";
    out->winner = advice()->designs[0];
    out->asked = advice()->designs[1];
    out->answer = "With public.orders by customer_id and the rest as good as that allows, 11.8 % of transactions cross shards instead of 2.1 %.";
    return out;
}

std::shared_ptr<const ProjectionSet> projections() {
    auto out = std::make_shared<ProjectionSet>();
    out->columns.push_back({"", "today's layout", {}, project("today", 1, 1.0, 0), {}});
    out->columns.push_back({"d1", "by tenant, rates everywhere", {}, project("d1", 4, 1.31, 0.021), {{"multi_shard_share", 0.04}}});
    out->columns.push_back({"d3", "by product and order", {}, project("d3", 4, 1.06, 0.412), {}});
    return out;
}

std::shared_ptr<const MigrationView> migration(size_t approved, size_t done) {
    auto out = std::make_shared<MigrationView>();
    out->plan = "p-7c1f";
    out->fromDesign = "one database";
    out->toDesign = "by tenant, rates everywhere";
    out->now = "one database";
    out->after = "by tenant, rates everywhere, after 10 steps in 4 rounds";
    out->wayBack = "Every step keeps its way back until the clean-up; choose a step to see it.";
    const auto step = [&](uint32_t round, const std::string& kind, const std::string& chunk, const std::string& from, const std::string& to, std::optional<double> rows, std::optional<double> bytes) {
        StepView s;
        s.id = "s" + std::to_string(out->steps.size() + 1);
        s.round = round;
        s.kind = kind;
        s.chunk = chunk;
        s.from = from;
        s.to = to;
        s.rows = rows;
        s.bytes = bytes;
        s.moves = rows.has_value();
        out->steps.push_back(std::move(s));
        out->rounds = std::max(out->rounds, round);
        return &out->steps.back();
    };
    for (const auto* shard : {"shard1", "shard2", "shard3"}) {
        auto* s = step(1, "create tables", "7 tables", "", shard, std::nullopt, std::nullopt);
        s->now = std::string("No tables on ") + shard + ".";
        s->after = "7 empty tables with their indexes.";
        s->sql = "CREATE TABLE orders (\n    tenant_id integer NOT NULL,\n    id bigint NOT NULL,\n    customer_id bigint NOT NULL,\n    PRIMARY KEY (tenant_id, id)\n);\nCREATE INDEX orders_customer ON orders (tenant_id, customer_id);";
        s->wayBack = "The tables are dropped while they are empty.";
    }
    for (int i = 0; i < 3; ++i) {
        const auto shard = "shard" + std::to_string(i + 1);
        auto* s = step(2, "move chunk", "slots " + std::to_string(256 * (i + 1)) + "–" + std::to_string(256 * (i + 2) - 1), "shard0", shard, 812'000 + 9'000 * i, 92e6);
        s->now = "Tenants of these slots live on shard0.";
        s->after = "Customers, orders, lines, payments, products and stock of 10 tenants live on " + shard + ".";
        s->sql = "INSERT INTO orders (tenant_id, id, customer_id, placed_at, status)\nSELECT tenant_id, id, customer_id, placed_at, status FROM source.orders\nWHERE slot(tenant_id) BETWEEN $1 AND $2 AND rowid > $3 LIMIT $4;\nDELETE FROM source.orders WHERE rowid <= $5;";
        s->wayBack = "The same batches run from " + shard + " to shard0, beginning at the watermark.";
        if (i == 1) s->lint.push_back({"warning", "hot_chunk", "Tenant 17 lies in this chunk and takes 19 % of the load; its batches will be small.", "Run this round outside 12:00–18:00."});
    }
    for (const auto* shard : {"shard1", "shard2", "shard3"}) step(3, "copy reference", "exchange_rates", "shard0", shard, 12, 8192);
    step(4, "verify", "all tables", "", "", std::nullopt, std::nullopt);
    out->lint = {{"warning", "foreign_key_across_shards", "customers_tenant refers to tenants, which is no table of this design.", "The constraint is dropped on the shards; the plan lists it."}};
    for (size_t i = 0; i < std::min(approved, out->steps.size()); ++i) out->steps[i].approved = true;
    for (size_t i = 0; i < std::min(done, out->steps.size()); ++i) {
        out->steps[i].state = StepState::done;
        out->steps[i].seconds = 4.2 + static_cast<double>(i) * 31;
    }
    const bool running = done > 0 && done < out->steps.size();
    if (running) {
        auto& s = out->steps[done];
        s.state = StepState::running;
        s.rowsMoved = s.rows.value_or(0) * 0.42;
        out->progress = {{"shard1", 812'000, 812'000.0}, {"shard2", 344'000, 821'000.0}, {"shard3", 0, 830'000.0}};
        out->foregroundMs = 7.4;
        out->foregroundLimitMs = 50;
        out->throttle = 0.8;
        out->state = "running";
    }
    const LegalAct yes{true, {}};
    out->dryRun = running ? LegalAct{false, "The migration is running."} : yes;
    out->execute = approved == 0 ? LegalAct{false, "No step is approved yet."} : running ? LegalAct{false, "The migration is running."} : yes;
    out->pause = running ? yes : LegalAct{false, "Nothing is running."};
    out->resume = {false, "Nothing is paused."};
    out->rollback = done > 0 ? yes : LegalAct{false, "Nothing has been moved yet."};
    out->verify = yes;
    return out;
}

std::shared_ptr<const MonitorView> monitor() {
    auto out = std::make_shared<MonitorView>();
    out->design = "by tenant, rates everywhere";
    out->watching = {"shop-next.csv"};
    out->loadMaxOverMean = 1.58;
    out->loadMaxOverMeanPredicted = 1.42;
    out->multiShardShare = 0.024;
    out->multiShardSharePredicted = 0.021;
    out->modelError = 0.117;
    out->listening = "http://127.0.0.1:9464/metrics";
    Random random(3);
    for (uint32_t s = 0; s < 4; ++s) {
        ShardMonitorView shard{.shard = s};
        for (int h = 0; h < 24; ++h) {
            const double daily = (0.55 + 0.45 * std::cos((h - 14) / 24.0 * 6.283)) * (s == 2 ? 3.2 : 2.1);
            shard.times.push_back(shopBegin + 14 * microsPerDay + h * microsPerHour);
            shard.predicted.emplace_back(daily);
            shard.p10.emplace_back(daily * 0.85);
            shard.p90.emplace_back(daily * 1.18);
            shard.measured.push_back(h > 17 ? std::nullopt : std::optional(daily * (1 + 0.06 * random.normal()) * (s == 2 && h > 11 ? 1.3 : 1)));
        }
        out->shards.push_back(std::move(shard));
    }
    const auto noon = shopBegin + 14 * microsPerDay + 12 * microsPerHour;
    out->findings.push_back({"skew", "warning", "Shard 2 carries 1.58 × the mean", "limit 1.5 ×; 5 intervals in a row", noon, std::nullopt, FindingAct::planMove});
    out->findings.push_back({"drift", "note", "Volumes leave their band", "31 % of counts above P90 since 09:00, 10 % expected", noon - 3 * microsPerHour, noon, FindingAct::retrain});
    return out;
}

std::shared_ptr<const ReportView> report() {
    auto out = std::make_shared<ReportView>();
    out->sections = {{"workload", "Workload", true}, {"hotspots", "Hotspots", true}, {"designs", "Designs", true}, {"migration", "Migration", false}};
    out->html = "<h1>shop: where the load is going</h1><p>6.1 M calls of 13 templates in 14 days. Tenant 17 grows by 38 % a week.</p>"
                "<h2>Designs</h2><table border=1 cellpadding=4><tr><th>design</th><th>multi-shard</th></tr><tr><td>by tenant</td><td>2.1 %</td></tr></table>";
    return out;
}

Contents onlyWorkload() {
    Contents c;
    c.project = ProjectInfo{"shop", "/data/shop.foreshard", true};
    c.workload = workload();
    c.today = today();
    return c;
}

Contents all() {
    auto c = onlyWorkload();
    c.models = models();
    c.keptModels = keptModels();
    c.forecast = forecast();
    c.events = events();
    c.hotspots = hotspots();
    c.advice = advice();
    c.projections = projections();
    c.migration = migration(4, 0);
    c.monitor = monitor();
    c.report = report();
    c.stale = std::set<PageId>{PageId::simulate};
    return c;
}

namespace {

// A verb that answers with one value.
template <typename Field, typename Value>
auto give(Field field, Value value) {
    return [field, value](ActionContext&, const auto&...) -> Result<Contents> {
        Contents out;
        out.*field = value();
        return out;
    };
}

auto giveMigration(size_t approved, size_t done) {
    return give(&Contents::migration, [approved, done] { return migration(approved, done); });
}

Result<Contents> open(ActionContext&, const std::filesystem::path& path) {
    if (path.filename() == "missing.foreshard") return Error{ErrorCategory::notFound, "There is no project " + path.string() + ".", "Choose another file.", "ENOENT"};
    return onlyWorkload();
}

Result<Contents> train(ActionContext& c, const TrainRequest&) {
    constexpr int epochs = 20;
    c.job.beginPass("series 1 of 2", epochs, "epochs");
    for (int e = 0; e < epochs; ++e) {
        c.job.progress(static_cast<uint64_t>(e) + 1);
        c.job.sample("loss of products", e, 1.0 / (e + 1));
    }
    return give(&Contents::models, models)(c);
}

}  // namespace

DocumentActions actions(std::vector<std::string>* calls) {
    const auto openShop = [](ActionContext&, const auto&...) -> Result<Contents> { return onlyWorkload(); };
    DocumentActions a;
    a.openSample = a.freshSample = openShop;
    a.open = open;
    a.newFromLogs = openShop;
    a.train = train;
    a.manageModels = [](ActionContext& c, const ModelsRequest& r) -> Result<Contents> {
        Contents out;
        auto set = std::make_shared<KeptModelsSet>(*c.now.keptModels);
        if (r.act == "delete") std::erase_if(set->kept, [&](const auto& kept) { return kept.number == r.number; });
        for (auto& kept : set->kept) {
            if (r.act == "rollback" || r.act == "pin") kept.inForce = kept.number == r.number;
            kept.pinned = r.act == "pin" ? kept.inForce : r.act == "unpin" ? false : kept.pinned;
        }
        out.keptModels = std::move(set);
        return out;
    };
    a.forecast = give(&Contents::forecast, forecast);
    a.markEvents = [](ActionContext&, const CalendarEvents&) -> Result<Contents> { return Contents(); };
    a.advise = give(&Contents::advice, advice);
    a.decide = [](ActionContext&, const advisor::Decisions&) -> Result<Contents> { return Contents(); };
    a.whyNot = give(&Contents::whyNot, whyNot);
    a.simulate = give(&Contents::projections, projections);
    a.plan = giveMigration(0, 0);
    a.approve = [](ActionContext& c, const ApproveRequest& r) { return giveMigration(r.steps.size(), 0)(c); };
    a.dryRun = a.rollback = giveMigration(10, 0);
    a.execute = a.pause = a.resume = giveMigration(10, 4);
    a.verify = giveMigration(10, 10);
    a.monitor = give(&Contents::monitor, monitor);
    a.report = give(&Contents::report, report);
    // The GUI thread reads `calls` only after the job has delivered.
    visitVerbs(a, [calls](const char* name, auto& verb) {
        verb = [calls, name, plain = verb](ActionContext& context, const auto&... request) {
            if (calls) calls->push_back(name);
            return plain(context, request...);
        };
    });
    return a;
}

}  // namespace foreshard::ui::fixtures
