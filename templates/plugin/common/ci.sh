#!/bin/sh
# What a CI server runs: builds the plugin and tests it. ALIDADE_PREFIX is where Alidade is installed.
set -eu
cd "$(dirname "$0")"
cmake -S . -B build ${ALIDADE_PREFIX:+-DCMAKE_PREFIX_PATH="$ALIDADE_PREFIX"}
cmake --build build
ctest --test-dir build --output-on-failure
