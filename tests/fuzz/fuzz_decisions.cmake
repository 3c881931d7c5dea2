foreshard_fuzz(fuzz_decisions ROOMS cluster CORPUS "${CMAKE_SOURCE_DIR}/tests/sql/data")
