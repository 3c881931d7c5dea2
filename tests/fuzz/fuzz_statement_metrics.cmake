foreshard_fuzz(fuzz_statement_metrics ROOMS ingest CORPUS "${CMAKE_SOURCE_DIR}/tests/data/recorded/postgresql-stat-statements")
