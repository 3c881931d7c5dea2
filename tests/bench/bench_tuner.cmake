add_executable(bench_tuner bench_tuner.cpp measure.cpp)
target_include_directories(bench_tuner PRIVATE "${CMAKE_SOURCE_DIR}")
target_link_libraries(bench_tuner PRIVATE foreshard_models)
