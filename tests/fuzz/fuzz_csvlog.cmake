foreshard_fuzz(fuzz_csvlog ROOMS ingest CORPUS "${CMAKE_SOURCE_DIR}/tests/ingest/data")
