foreshard_fuzz(fuzz_part CORPUS "${CMAKE_SOURCE_DIR}/tests/ingest/data" ROOMS ingest)
target_compile_definitions(fuzz_part PRIVATE FORESHARD_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
