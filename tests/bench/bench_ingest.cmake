# Ingest against pgBadger: bench_ingest [FOLDER]; records the logs on a private server where the folder has none.
add_executable(bench_ingest bench_ingest.cpp measure.cpp record_load.cpp ../support/private_postgres.cpp)
target_include_directories(bench_ingest PRIVATE "${CMAKE_SOURCE_DIR}")
target_link_libraries(bench_ingest PRIVATE foreshard_ingest foreshard_schema foreshard_samplegen PostgreSQL::PostgreSQL Qt6::Core foreshard_allocator)
add_test(NAME bench_ingest COMMAND bench_ingest)
set_tests_properties(bench_ingest PROPERTIES LABELS bench TIMEOUT 3600 RUN_SERIAL ON SKIP_RETURN_CODE 77)
