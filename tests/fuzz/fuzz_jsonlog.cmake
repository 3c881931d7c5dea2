foreshard_fuzz(fuzz_jsonlog ROOMS ingest CORPUS "${CMAKE_SOURCE_DIR}/tests/ingest/data")
