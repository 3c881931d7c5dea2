add_executable(bench_models bench_models.cpp)
target_include_directories(bench_models PRIVATE "${CMAKE_SOURCE_DIR}")
target_link_libraries(bench_models PRIVATE foreshard_models)
