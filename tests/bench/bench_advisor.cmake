# The advisor on known loads: bench_advisor [--transactions N] [--only PART OF A NAME]… [--done FILE] [--list]. With METIS beside it
# where libmetis-dev is there; two loads are executed on a private PostgreSQL.
add_executable(bench_advisor bench_advisor.cpp bench_advisor_mixes.cpp bench_advisor_designs.cpp bench_advisor_loads.cpp printed.cpp ../advisor/planted.cpp ../support/mix_workload.cpp
  ../support/execute_mix.cpp ../support/private_postgres.cpp)
target_include_directories(bench_advisor PRIVATE "${CMAKE_SOURCE_DIR}")
target_link_libraries(bench_advisor PRIVATE foreshard_advisor foreshard_ingest foreshard_schema foreshard_samplegen PostgreSQL::PostgreSQL Qt6::Core)
find_library(METIS_LIBRARY metis)
if(METIS_LIBRARY)
  target_sources(bench_advisor PRIVATE bench_advisor_metis.cpp)
  target_compile_definitions(bench_advisor PRIVATE FORESHARD_METIS)
  target_link_libraries(bench_advisor PRIVATE "${METIS_LIBRARY}")
endif()
add_test(NAME bench_advisor COMMAND bench_advisor)
set_tests_properties(bench_advisor PROPERTIES LABELS bench TIMEOUT 1800)
