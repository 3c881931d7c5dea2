// NLinear as a candidate: one model for each series, started from naive or seasonal naive, whichever has served better.
#include <algorithm>

#include "core/models/nlinear.h"
#include "core/models/portfolio/learned.h"

namespace foreshard::models {

namespace {

constexpr size_t mostSeries = 256;
constexpr uint32_t shortLags = 60;        // where it starts from naive
constexpr double mostWork = 1.5e11;       // multiplications over all series
constexpr uint32_t mostEpochs = 150, leastEpochs = 20;

class NLinearOfSeries : public VolumeCandidate {
public:
    explicit NLinearOfSeries(uint32_t season) : season_(std::max(1u, season)) {}
    std::string name() const override { return "NLinear"; }

    Result<Outcome> fit(const Panel& panel, const FitPlan& plan, Job& job) override {
        models_.assign(panel.series.size(), {});
        if (panel.series.size() > mostSeries) return Outcome{false, "there are too many series to train one model for each"};
        std::vector<std::optional<NLinearOptions>> wanted;
        double work = 0;
        for (size_t s = 0; s < panel.series.size(); ++s) {
            wanted.push_back(optionsFor(panel.series[s].logs, plan.ends[s], plan.leads));
            if (wanted[s]) work += std::min<double>(static_cast<double>(plan.ends[s]), 2048) * wanted[s]->lags * wanted[s]->horizon * 3;
        }
        const double epochs = work > 0 ? mostWork / work : 0;
        if (work == 0) return Outcome{false, "there is too little history for it"};
        if (epochs < leastEpochs) return Outcome{false, "there is too much to train for it"};
        for (size_t s = 0; s < panel.series.size(); ++s) {
            if (!wanted[s]) continue;
            wanted[s]->epochs = static_cast<uint32_t>(std::min<double>(mostEpochs, epochs));
            wanted[s]->deadline = plan.deadline;
            if (s == 0) wanted[s]->lossSeries = "loss of NLinear";
            const auto& logs = panel.series[s].logs;
            const std::vector<double> past(logs.begin(), logs.begin() + static_cast<std::ptrdiff_t>(std::min(plan.ends[s], logs.size())));
            FS_ASSIGN(NLinearFit fitted, fitNLinear(past, *wanted[s], job));
            if (fitted.outcome == FitOutcome::diverged) return Outcome{false, "its training diverged"};
            if (fitted.outcome == FitOutcome::outOfTime) return Outcome{false, "the time budget ended"};
            if (fitted.outcome == FitOutcome::fitted) models_[s] = std::move(fitted.model);
        }
        return Outcome{};
    }
    Result<std::vector<float>> answer(const Panel& panel, std::span<const Question> questions, Job& job) override {
        std::vector<float> answers;
        answers.reserve(questions.size());
        for (const auto& question : questions) {
            if (answers.size() % 1024 == 0) FS_TRY(job.checkpoint());
            answers.push_back(one(panel.series[question.series].logs, question));
        }
        return answers;
    }

private:
    // The row of weights of the asked step alone; beyond the horizon, and for a series without a model, the last value.
    float one(const std::vector<float>& logs, const Question& question) const {
        if (question.origin == 0) return 0;
        const auto& model = models_[question.series];
        const float last = logs[question.origin - 1];
        if (model.lags == 0 || question.origin < model.lags || question.lead > model.horizon) return last;
        const float* weights = model.weights.data() + size_t{question.lead - 1} * model.lags;
        const float* window = logs.data() + question.origin - model.lags;
        double sum = model.bias[question.lead - 1];
        for (size_t lag = 0; lag < model.lags; ++lag) sum += weights[lag] * (window[lag] - last);
        return std::clamp(last + static_cast<float>(sum), 0.0f, model.ceiling);
    }
    std::optional<NLinearOptions> optionsFor(const std::vector<float>& logs, size_t end, const std::vector<uint32_t>& leads) const {
        const uint32_t horizon = leads.back(), season = betterStart(logs, end, leads);
        auto options = nlinearOptionsFor(end, season, horizon);
        if (options && season == 1) options->lags = std::max(options->lags, static_cast<uint32_t>(std::min<size_t>(shortLags, (end - 2 * horizon) / 4)));
        return options;
    }
    // Naive or seasonal naive, by squared error at the longest lead over the newest fifth.
    uint32_t betterStart(const std::vector<float>& logs, size_t end, const std::vector<uint32_t>& leads) const {
        const size_t lead = leads.back(), back = (lead + season_ - 1) / season_ * season_;
        if (season_ == 1 || end < back * 2) return 1;
        double naive = 0, seasonal = 0;
        for (size_t i = std::max(back, end - end / 5); i < end; ++i) {
            naive += (logs[i] - logs[i - lead]) * (logs[i] - logs[i - lead]);
            seasonal += (logs[i] - logs[i - back]) * (logs[i] - logs[i - back]);
        }
        return seasonal < naive ? season_ : 1;
    }

    uint32_t season_;
    std::vector<NLinear> models_;   // by series; lags 0: none
};

}  // namespace

std::unique_ptr<VolumeCandidate> nlinearCandidate(uint32_t season) { return std::make_unique<NLinearOfSeries>(season); }

}  // namespace foreshard::models
