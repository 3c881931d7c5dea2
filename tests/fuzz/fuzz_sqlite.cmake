foreshard_fuzz(fuzz_sqlite ROOMS schema LIBS SQLite::SQLite3 CORPUS "${CMAKE_SOURCE_DIR}/tests/sql/data")
