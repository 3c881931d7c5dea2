foreshard_fuzz(fuzz_stderr ROOMS ingest CORPUS "${CMAKE_SOURCE_DIR}/tests/ingest/data")
