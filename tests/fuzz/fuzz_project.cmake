foreshard_fuzz(fuzz_project ROOMS project workload CORPUS "${CMAKE_SOURCE_DIR}/tests/sql/data")
