foreshard_fuzz(fuzz_sql ROOMS sql CORPUS "${CMAKE_SOURCE_DIR}/tests/sql/data")
