// The verbs profile and show: from log files to the project's workload. Qt-free; any thread; one Project object a call.
#pragma once

#include <functional>
#include <memory>

#include "app/verbs/options.h"
#include "core/base/job.h"
#include "core/project/project.h"
#include "core/workload/workload.h"

namespace foreshard::verbs {

using WorkloadPointer = std::shared_ptr<const workload::Workload>;

// Reads the logs into the project (made if it is not there) and adds them to what was read before. A log that was read
// already is refused (conflict) where it was named, and then nothing changes; of a folder or a pattern it is left out, with a note to
// the job ("read_before"). Of a file that has grown since, what is new is added.
// `stage`, where given, is shown what the first logs of a new project say so far, and which share of their bytes that is; on
// any thread, before the verb returns.
using ProfileStage = std::function<void(WorkloadPointer soFar, double share)>;
Result<WorkloadPointer> profile(const ProfileOptions& options, Job& job, const ProfileStage& stage = {});

// The project's workload; an error of category notFound that names the verb to run where there is none.
Result<WorkloadPointer> requireWorkload(const project::Project& project);

// Whether its values are masked: what needs real keys cannot be had of it then.
bool isMasked(const workload::Workload& workload);
// A conflict where it is masked; `what` begins the sentence ("A plan moves rows by their keys").
Status requireValues(const workload::Workload& workload, const std::string& what);

}  // namespace foreshard::verbs
