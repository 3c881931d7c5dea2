foreshard_fuzz(fuzz_vtgate ROOMS ingest CORPUS "${CMAKE_SOURCE_DIR}/tests/ingest/data/foreign")
