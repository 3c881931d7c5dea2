foreshard_fuzz(fuzz_partial ROOMS workload CORPUS "${CMAKE_SOURCE_DIR}/tests/sql/data")
