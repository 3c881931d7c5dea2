#include "core/models/portfolio/classic.h"

#include <algorithm>

namespace foreshard::models {

namespace {

constexpr size_t phasesAveraged = 4;

// A rule that looks at one question at a time and learns nothing.
class Rule : public VolumeCandidate {
public:
    Result<Outcome> fit(const Panel&, const FitPlan&, Job&) override { return Outcome{}; }
    Result<std::vector<float>> answer(const Panel& panel, std::span<const Question> questions, Job& job) override {
        std::vector<float> answers;
        answers.reserve(questions.size());
        for (const auto& question : questions) {
            if (answers.size() % 65536 == 0) FS_TRY(job.checkpoint());
            answers.push_back(question.origin == 0 ? 0.0f : one(panel.series[question.series].logs, question));
        }
        return answers;
    }

private:
    // question.origin > 0
    virtual float one(const std::vector<float>& logs, const Question& question) const = 0;
};

class Naive : public Rule {
public:
    std::string name() const override { return "naive"; }

private:
    float one(const std::vector<float>& logs, const Question& question) const override { return logs[question.origin - 1]; }
};

class SeasonalNaive : public Rule {
public:
    explicit SeasonalNaive(uint32_t season) : season_(std::max(1u, season)) {}
    std::string name() const override { return "seasonal naive " + std::to_string(season_); }

private:
    float one(const std::vector<float>& logs, const Question& question) const override {
        const size_t back = (question.lead + season_ - 1) / season_ * season_;
        return question.target() >= back ? logs[question.target() - back] : logs[question.origin - 1];
    }
    uint32_t season_;
};

class PhaseMean : public Rule {
public:
    explicit PhaseMean(uint32_t season) : season_(std::max(1u, season)) {}
    std::string name() const override { return "phase mean " + std::to_string(season_); }

private:
    float one(const std::vector<float>& logs, const Question& question) const override {
        const size_t target = question.target();
        size_t back = (question.lead + season_ - 1) / season_ * season_, used = 0;
        double sum = 0;
        for (; used < phasesAveraged && back <= target; back += season_, ++used) sum += logs[target - back];
        return used == 0 ? logs[question.origin - 1] : static_cast<float>(sum / static_cast<double>(used));
    }
    uint32_t season_;
};

}  // namespace

std::unique_ptr<VolumeCandidate> naiveCandidate() { return std::make_unique<Naive>(); }
std::unique_ptr<VolumeCandidate> seasonalNaiveCandidate(uint32_t season) { return std::make_unique<SeasonalNaive>(season); }
std::unique_ptr<VolumeCandidate> phaseMeanCandidate(uint32_t season) { return std::make_unique<PhaseMean>(season); }

}  // namespace foreshard::models
