foreshard_fuzz(fuzz_mysql_general ROOMS ingest CORPUS "${CMAKE_SOURCE_DIR}/tests/ingest/data/foreign")
