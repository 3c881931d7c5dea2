# Compiler and linker settings shared by every target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_AUTOMOC OFF)  # on only where Qt classes live: moc over core would cost time for nothing

option(FORESHARD_CUDA "Build against a CUDA LibTorch and compile CUDA code" OFF)
set(FORESHARD_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize takes them")

# GCC 12 sees string overflows where there are none; -fpch-preprocess lets ccache see through precompiled headers.
add_compile_options(-Wall -Wextra -Wpedantic -Wno-missing-field-initializers
  $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow> $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU>>:-fpch-preprocess>)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1")
add_link_options(-fuse-ld=mold)
if(FORESHARD_SANITIZE)
  add_compile_options(-fsanitize=${FORESHARD_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=${FORESHARD_SANITIZE})
endif()
# Qt's slots and signals macros clash with torch; std::source_location gives the place of an assertion.
add_compile_definitions(QT_NO_KEYWORDS QT_NO_FOREACH)

# Libraries that the program loads when it needs them: below the build folder, or beside an installed program.
set(FORESHARD_LIBRARY_DIR "${CMAKE_BINARY_DIR}/lib")
set(CMAKE_BUILD_RPATH "${FORESHARD_LIBRARY_DIR}")
set(CMAKE_INSTALL_RPATH "$ORIGIN/../lib/foreshard")
