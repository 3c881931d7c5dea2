foreshard_fuzz(fuzz_values ROOMS project migration advisor models sharding CORPUS "${CMAKE_SOURCE_DIR}/tests/sql/data")
