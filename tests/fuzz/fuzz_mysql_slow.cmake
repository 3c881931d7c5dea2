foreshard_fuzz(fuzz_mysql_slow ROOMS ingest CORPUS "${CMAKE_SOURCE_DIR}/tests/ingest/data/foreign")
