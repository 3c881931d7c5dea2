add_executable(bench_sql bench_sql.cpp)
target_link_libraries(bench_sql PRIVATE foreshard_sql foreshard_pg_query PkgConfig::PROTOBUFC)
add_test(NAME bench_sql COMMAND bench_sql)
set_tests_properties(bench_sql PROPERTIES LABELS bench TIMEOUT 300)
