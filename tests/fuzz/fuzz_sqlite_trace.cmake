foreshard_fuzz(fuzz_sqlite_trace ROOMS ingest CORPUS "${CMAKE_SOURCE_DIR}/tests/ingest/data/foreign")
