// The one file that knows XGBoost.
#include "core/models/trees.h"

#include <xgboost/c_api.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "core/base/bytes.h"
#include "core/base/hash.h"

namespace foreshard::models {

namespace {

constexpr uint64_t magic = 0x5345455254445346;   // "FSDTREES"
constexpr uint32_t formatVersion = 2;   // 1: without a hash of the model

Error failure() {
    return {ErrorCategory::internal, "Boosted trees failed inside XGBoost.", "Report this with the data that shows it.", XGBGetLastError()};
}

#define FS_XGB(call) \
    do {             \
        if ((call) != 0) return failure(); \
    } while (false)

using Matrix = std::shared_ptr<void>;

Result<Matrix> matrixOf(const Table& rows) {
    DMatrixHandle handle = nullptr;
    FS_XGB(XGDMatrixCreateFromMat(rows.values.data(), rows.rows(), rows.columns, std::numeric_limits<float>::quiet_NaN(), &handle));
    return Matrix(handle, [](void* matrix) { XGDMatrixFree(matrix); });
}

Result<Matrix> matrixOf(const TreeData& data) {
    FS_ASSIGN(auto matrix, matrixOf(data.rows));
    FS_XGB(XGDMatrixSetFloatInfo(matrix.get(), "label", data.targets.data(), data.targets.size()));
    if (!data.weights.empty()) FS_XGB(XGDMatrixSetFloatInfo(matrix.get(), "weight", data.weights.data(), data.weights.size()));
    if (!data.start.empty()) FS_XGB(XGDMatrixSetFloatInfo(matrix.get(), "base_margin", data.start.data(), data.start.size()));
    return matrix;
}

std::shared_ptr<void> owned(BoosterHandle handle) {
    return {handle, [](void* booster) { XGBoosterFree(booster); }};
}

const char* objectiveOf(TreeLoss loss) {
    switch (loss) {
        case TreeLoss::squared: return "reg:squarederror";
        case TreeLoss::absolute: return "reg:absoluteerror";
        case TreeLoss::poisson: return "count:poisson";
    }
    return "";
}

const char* metricOf(TreeLoss loss) {
    switch (loss) {
        case TreeLoss::squared: return "rmse";
        case TreeLoss::absolute: return "mae";
        case TreeLoss::poisson: return "poisson-nloglik";
    }
    return "";
}

std::string monotoneText(const std::vector<int8_t>& directions) {
    std::string text = "(";
    for (size_t i = 0; i < directions.size(); ++i) text += (i ? "," : "") + std::to_string(directions[i]);
    return text + ")";
}

// "[3]\tvalidation-rmse:0.25" → 0.25
double lossIn(const char* line) {
    const char* colon = std::strrchr(line, ':');
    return colon ? std::strtod(colon + 1, nullptr) : std::numeric_limits<double>::quiet_NaN();
}

bool fits(const TreeData& data, uint32_t columns) {
    return data.rows.columns == columns && data.rows.rows() == data.targets.size() &&
           (data.weights.empty() || data.weights.size() == data.targets.size()) && (data.start.empty() || data.start.size() == data.targets.size());
}

}  // namespace

struct TreeTrainer {
    const TreeOptions& options;
    std::shared_ptr<void> booster;

    Status configure() {
        const auto set = [&](const char* name, const std::string& value) { return XGBoosterSetParam(booster.get(), name, value.c_str()); };
        const auto number = [](double v) { return std::to_string(v); };
        FS_XGB(set("verbosity", "0"));
        FS_XGB(set("objective", objectiveOf(options.loss)));
        FS_XGB(set("eval_metric", metricOf(options.loss)));
        FS_XGB(set("tree_method", "hist"));
        FS_XGB(set("max_bin", "64"));
        FS_XGB(set("max_depth", std::to_string(options.depth)));
        FS_XGB(set("eta", number(options.learningRate)));
        FS_XGB(set("min_child_weight", number(options.leastWeight)));
        FS_XGB(set("subsample", number(options.rowShare)));
        FS_XGB(set("colsample_bytree", number(options.columnShare)));
        FS_XGB(set("lambda", number(options.l2)));
        FS_XGB(set("nthread", std::to_string(std::max(1u, options.threads))));
        FS_XGB(set("seed", std::to_string(options.seed)));
        if (!options.monotone.empty()) FS_XGB(set("monotone_constraints", monotoneText(options.monotone)));
        return {};
    }

    Result<TreeFit> run(const Matrix& training, const Matrix* validation, uint32_t columns, bool added, Job& job) {
        TreeFit fit;
        fit.loss = std::numeric_limits<double>::infinity();
        uint32_t round = 0;
        for (; round < options.rounds; ++round) {
            FS_TRY(job.checkpoint());
            if (options.deadline && round > 0 && std::chrono::steady_clock::now() > *options.deadline) break;
            FS_XGB(XGBoosterUpdateOneIter(booster.get(), static_cast<int>(round), training.get()));
            if (!validation) continue;
            FS_ASSIGN(const double loss, evaluate(*validation, static_cast<int>(round)));
            if (loss < fit.loss) {
                fit.loss = loss;
                fit.rounds = round + 1;
            } else if (options.patience > 0 && round + 1 >= fit.rounds + options.patience) {
                break;
            }
        }
        if (!validation) {
            fit.rounds = round;
            fit.loss = 0;
        }
        FS_ASSIGN(fit.model.booster_, firstRounds(fit.rounds));
        fit.model.columns_ = columns;
        fit.model.added_ = added;
        return fit;
    }

private:
    Result<double> evaluate(const Matrix& validation, int round) {
        DMatrixHandle matrices[] = {validation.get()};
        const char* names[] = {"validation"};
        const char* line = nullptr;
        FS_XGB(XGBoosterEvalOneIter(booster.get(), round, matrices, names, 1, &line));
        return lossIn(line);
    }
    Result<std::shared_ptr<void>> firstRounds(uint32_t rounds) {
        if (rounds == 0) return booster;
        BoosterHandle slice = nullptr;
        FS_XGB(XGBoosterSlice(booster.get(), 0, static_cast<int>(rounds), 1, &slice));
        return owned(slice);
    }
};

Result<TreeFit> fitTrees(const TreeData& training, const TreeData* validation, const TreeOptions& options, Job& job) {
    const uint32_t columns = training.rows.columns;
    if (columns == 0 || training.targets.empty() || !fits(training, columns) || (validation && !fits(*validation, columns)))
        return Error{ErrorCategory::usage, "There are no rows to grow trees on, or their widths differ.", "Give more data.", {}};
    FS_ASSIGN(const auto matrix, matrixOf(training));
    Matrix judge;
    const bool judged = validation && !validation->targets.empty();
    if (judged) {
        FS_ASSIGN(judge, matrixOf(*validation));
    }
    const DMatrixHandle cached[] = {matrix.get(), judge.get()};
    BoosterHandle handle = nullptr;
    FS_XGB(XGBoosterCreate(cached, judged ? 2 : 1, &handle));
    TreeTrainer trainer{options, owned(handle)};
    FS_TRY(trainer.configure());
    return trainer.run(matrix, judged ? &judge : nullptr, columns, !training.start.empty(), job);
}

Result<std::vector<float>> Trees::predict(const Table& rows) const {
    if (!trained() || rows.columns != columns_)
        return Error{ErrorCategory::usage, "These trees were trained on other features.", "Train the models again.", {}};
    if (rows.rows() == 0) return std::vector<float>{};
    FS_ASSIGN(const auto matrix, matrixOf(rows));
    if (added_) {
        const std::vector<float> zeros(rows.rows(), 0.0f);
        FS_XGB(XGDMatrixSetFloatInfo(matrix.get(), "base_margin", zeros.data(), zeros.size()));
    }
    const bst_ulong* shape = nullptr;
    bst_ulong dimensions = 0;
    const float* result = nullptr;
    // type 1: the margin, which is the log of the rate for poisson and the value itself for the others.
    constexpr const char* config = R"({"type":1,"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":false})";
    FS_XGB(XGBoosterPredictFromDMatrix(booster_.get(), matrix.get(), config, &shape, &dimensions, &result));
    return std::vector<float>(result, result + rows.rows());
}

Result<std::string> Trees::write() const {
    if (!trained()) return Error{ErrorCategory::usage, "There are no trees to write.", "Train the models first.", {}};
    bst_ulong size = 0;
    const char* bytes = nullptr;
    FS_XGB(XGBoosterSaveModelToBuffer(booster_.get(), R"({"format":"ubj"})", &size, &bytes));
    ByteWriter out;
    out.fixed64(magic);
    out.varint(formatVersion);
    out.varint(columns_);
    out.boolean(added_);
    const std::string_view model(bytes, size);
    out.fixed64(hashText(model));
    out.text(model);
    return out.take();
}

Result<Trees> Trees::read(std::string_view bytes) {
    ByteReader in(bytes);
    const Error damaged{ErrorCategory::format, "The trained trees are cut short or damaged.", "Train the models again.", {}};
    if (in.fixed64() != magic) return damaged;
    const auto version = in.varint();
    if (version > formatVersion)
        return Error{ErrorCategory::version, "The trained trees were written by a newer Foreshard.", "Train the models again, or update.", {}};
    Trees trees;
    trees.columns_ = static_cast<uint32_t>(in.varint());
    trees.added_ = in.boolean();
    // XGBoost reads past the end of a model that is damaged, so it is given none.
    const auto hash = version >= 2 ? in.fixed64() : 0;
    const std::string_view model = in.view();
    if (version >= 2 && hash != hashText(model)) return damaged;
    if (!in.ok() || !in.atEnd() || model.empty() || trees.columns_ == 0) return damaged;
    BoosterHandle handle = nullptr;
    FS_XGB(XGBoosterCreate(nullptr, 0, &handle));
    trees.booster_ = owned(handle);
    if (XGBoosterLoadModelFromBuffer(handle, model.data(), model.size()) != 0) return damaged;
    bst_ulong features = 0;
    FS_XGB(XGBoosterGetNumFeature(handle, &features));
    if (features != trees.columns_) return damaged;
    return trees;
}

}  // namespace foreshard::models
