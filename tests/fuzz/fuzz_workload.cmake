foreshard_fuzz(fuzz_workload ROOMS workload CORPUS "${CMAKE_SOURCE_DIR}/tests/sql/data")
