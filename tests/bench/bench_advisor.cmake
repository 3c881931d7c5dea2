add_executable(bench_advisor bench_advisor.cpp bench_advisor_mixes.cpp ../support/mix_workload.cpp)
target_link_libraries(bench_advisor PRIVATE foreshard_advisor foreshard_samplegen)
add_test(NAME bench_advisor COMMAND bench_advisor)
set_tests_properties(bench_advisor PROPERTIES LABELS bench TIMEOUT 1800)
