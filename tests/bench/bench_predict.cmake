add_executable(bench_predict bench_predict.cpp)
target_link_libraries(bench_predict PRIVATE foreshard_verbs)
add_test(NAME bench_predict COMMAND bench_predict)
set_tests_properties(bench_predict PROPERTIES LABELS bench TIMEOUT 600)
