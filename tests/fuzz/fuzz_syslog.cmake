foreshard_fuzz(fuzz_syslog ROOMS ingest CORPUS "${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/syslog")
