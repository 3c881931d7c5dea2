foreshard_fuzz(fuzz_ddl ROOMS schema CORPUS "${CMAKE_SOURCE_DIR}/tests/schema/data")
