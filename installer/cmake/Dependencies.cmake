# Every third-party library, as one imported target each. Rooms name these and nothing else.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Qt6 6.4 REQUIRED COMPONENTS Core Gui Widgets Charts Svg PrintSupport Test)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(absl REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(simdjson REQUIRED)
find_package(date REQUIRED)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(LZMA REQUIRED IMPORTED_TARGET liblzma)
pkg_check_modules(PROTOBUFC REQUIRED IMPORTED_TARGET libprotobuf-c)
find_package(prometheus-cpp REQUIRED)

find_package(Eigen3 3.4 REQUIRED NO_MODULE)

# XGBoost's own CMake configuration asks for its command line program, which Debian does not ship.
find_library(XGBOOST_LIBRARY xgboost REQUIRED)
find_path(XGBOOST_INCLUDE xgboost/c_api.h REQUIRED)
add_library(foreshard_xgboost INTERFACE)
target_link_libraries(foreshard_xgboost INTERFACE "${XGBOOST_LIBRARY}")
target_include_directories(foreshard_xgboost SYSTEM INTERFACE "${XGBOOST_INCLUDE}")

# libpg_query has no CMake configuration.
find_library(PG_QUERY_LIBRARY pg_query REQUIRED)
find_path(PG_QUERY_INCLUDE pg_query.h REQUIRED)
add_library(foreshard_pg_query INTERFACE)
target_link_libraries(foreshard_pg_query INTERFACE "${PG_QUERY_LIBRARY}")
target_include_directories(foreshard_pg_query SYSTEM INTERFACE "${PG_QUERY_INCLUDE}")

# LibTorch 1.13 of Debian, or 2.x of the cuda preset. torch's flags are kept away from other targets.
set(foreshard_saved_flags "${CMAKE_CXX_FLAGS}")
if(FORESHARD_CUDA)
  # CMake 3.25 cannot detect architectures with CUDA 13; Turing to Blackwell unless told otherwise.
  set(FORESHARD_CUDA_ARCHITECTURES "7.5;8.0;8.6;9.0;10.0;12.0" CACHE STRING "compute capabilities for CUDA code")
  set(TORCH_CUDA_ARCH_LIST "${FORESHARD_CUDA_ARCHITECTURES}")
  set(CMAKE_CUDA_ARCHITECTURES OFF)
endif()
find_package(Torch REQUIRED)
set(CMAKE_CXX_FLAGS "${foreshard_saved_flags}")
add_library(foreshard_torch INTERFACE)
target_link_libraries(foreshard_torch INTERFACE ${TORCH_LIBRARIES})
target_include_directories(foreshard_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
if(FORESHARD_CUDA)
  target_link_options(foreshard_torch INTERFACE -Wl,--allow-shlib-undefined)
endif()

# The allocator of the program: reading a log takes 15 % less time with it than with glibc's (tests/bench/RESULTS.md). Sanitizers
# bring their own; where it is missing the program works all the same. Only the library's run-time package is needed, for
# programs name nothing of it.
add_library(foreshard_allocator INTERFACE)
if(NOT FORESHARD_SANITIZE)
  find_library(TCMALLOC_LIBRARY NAMES tcmalloc_minimal libtcmalloc_minimal.so.4)
  if(TCMALLOC_LIBRARY)
    target_link_options(foreshard_allocator INTERFACE "LINKER:--push-state,--no-as-needed" "${TCMALLOC_LIBRARY}" "LINKER:--pop-state")
  endif()
endif()
