// Templates per second and core, beside pg_query_fingerprint on the same statements in the same run: statements of an
// order-processing load, of ORMs (quoted names, long column lists), bulk inserts and long IN lists.
#include <pg_query.h>

#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

#include "core/base/hash.h"
#include "core/sql/template.h"

namespace {

using foreshard::Random;

std::string number(Random& random, uint64_t below) { return std::to_string(random.below(below)); }

std::vector<std::string> shortStatements(Random& random) {
    std::vector<std::string> out;
    for (int i = 0; i < 4'000; ++i) {
        const std::string w = number(random, 100), d = number(random, 10), c = number(random, 3'000);
        switch (random.below(8)) {
            case 0:
                out.push_back("SELECT c_discount, c_last, c_credit FROM customer WHERE c_w_id = " + w +
                              " AND c_d_id = " + d + " AND c_id = " + c);
                break;
            case 1:
                out.push_back("SELECT d_next_o_id, d_tax FROM district WHERE d_w_id = " + w + " AND d_id = " + d +
                              " FOR UPDATE");
                break;
            case 2:
                out.push_back("UPDATE district SET d_next_o_id = d_next_o_id + 1 WHERE d_w_id = " + w +
                              " AND d_id = " + d);
                break;
            case 3:
                out.push_back("INSERT INTO new_order (no_o_id, no_d_id, no_w_id) VALUES (" + c + ", " + d + ", " + w +
                              ")");
                break;
            case 4:
                out.push_back("UPDATE stock SET s_quantity = " + c +
                              ", s_ytd = s_ytd + 5, s_order_cnt = s_order_cnt + 1 WHERE s_i_id = " + c +
                              " AND s_w_id = " + w);
                break;
            case 5:
                out.push_back("SELECT abalance FROM pgbench_accounts WHERE aid = " + c + ";");
                break;
            case 6:
                out.push_back("BEGIN");
                break;
            default:
                out.push_back("INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (" + d + ", " + w +
                              ", " + c + ", -" + c + ", CURRENT_TIMESTAMP)");
        }
    }
    return out;
}

std::vector<std::string> ormStatements(Random& random) {
    std::vector<std::string> out;
    for (int i = 0; i < 1'000; ++i) {
        std::string columns;
        for (const char* name : {"id", "created_at", "updated_at", "customer_id", "shipping_address_id", "total_amount",
                                 "currency_code", "status"}) {
            columns += std::string(columns.empty() ? "" : ", ") + "\"orders\".\"" + name + "\"";
        }
        out.push_back("SELECT " + columns +
                      " FROM \"orders\" INNER JOIN \"order_items\" ON \"order_items\".\"order_id\" = \"orders\".\"id\" "
                      "WHERE \"orders\".\"tenant_id\" = $1 AND "
                      "\"orders\".\"status\" = 'paid' AND \"orders\".\"created_at\" > '2026-01-0" +
                      number(random, 10) + " 00:00:00' ORDER BY \"orders\".\"id\" DESC LIMIT " + number(random, 100));
    }
    return out;
}

std::vector<std::string> bulkStatements(Random& random) {
    std::vector<std::string> out;
    for (int i = 0; i < 40; ++i) {
        std::string insert = "INSERT INTO events (tenant, kind, payload, at) VALUES ",
                    list = "SELECT * FROM events WHERE id IN (";
        for (int row = 0; row < 200; ++row) {
            insert += std::string(row ? ", " : "") + "(" + number(random, 1'000) + ", 'click', '{\"page\": \"/a/b/" +
                      number(random, 9'999) + "\"}', '2026-01-01 10:00:00')";
            list += std::string(row ? ", " : "") + number(random, 1'000'000);
        }
        out.push_back(insert);
        out.push_back(list + ")");
    }
    return out;
}

struct Rate {
    double statements = 0;
    double megabytes = 0;
};

// Repeats until a second of processor time has gone by; in twenty parts, of which the best counts: others may use the
// machine.
template <typename Fn>
Rate measure(const std::vector<std::string>& statements, double seconds, Fn one) {
    double bytes = 0;
    for (const auto& statement : statements) bytes += static_cast<double>(statement.size());
    Rate best;
    for (int run = 0; run < 20; ++run) {
        const std::clock_t start = std::clock();
        double elapsed = 0;
        uint64_t rounds = 0;
        do {
            for (const auto& statement : statements) one(statement);
            ++rounds;
            elapsed = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
        } while (elapsed < seconds / 20);
        const double perSecond = static_cast<double>(rounds) / elapsed;
        if (perSecond * bytes / 1e6 > best.megabytes)
            best = {perSecond * static_cast<double>(statements.size()), perSecond * bytes / 1e6};
    }
    return best;
}

}  // namespace

int main() {
    Random random(1);
    const std::pair<const char*, std::vector<std::string>> loads[] = {{"short statements", shortStatements(random)},
                                                                      {"ORM statements", ormStatements(random)},
                                                                      {"bulk and lists", bulkStatements(random)}};
    std::printf("%-18s %14s %10s %22s %8s\n", "load", "statements/s", "MB/s", "pg_query statements/s", "ratio");
    foreshard::sql::TemplateScanner scanner;
    uint64_t seen = 0;
    for (const auto& [name, statements] : loads) {
        const Rate ours = measure(statements, 1.0, [&](const std::string& s) { seen += scanner.scan(s).fingerprint; });
        const Rate peer = measure(statements, 1.0, [&](const std::string& s) {
            PgQueryFingerprintResult result = pg_query_fingerprint(s.c_str());
            seen += result.fingerprint;
            pg_query_free_fingerprint_result(result);
        });
        std::printf("%-18s %14.0f %10.0f %22.0f %8.0f\n", name, ours.statements, ours.megabytes, peer.statements,
                    ours.statements / peer.statements);
    }
    std::printf("(one thread; fingerprints folded to %016llx)\n", static_cast<unsigned long long>(seen));
    return 0;
}
