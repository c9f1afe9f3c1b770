#!/usr/bin/env bash
# build_onnx.sh SOURCE_ARCHIVE PREFIX: builds ONNX's C++ library, static, and installs it whole or not at all.
# A unity build compiles the same code in half the time. Operator schemas are not registered at start-up
# (ONNX_DISABLE_STATIC_REGISTRATION): the frontend registers the ones that a file needs.
set -euo pipefail
archive=$1 prefix=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

tar -xf "$archive" -C "$work" --strip-components=1
cmake -G Ninja -S "$work" -B "$work/build" \
  -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE="-O2 -DNDEBUG" -DCMAKE_POSITION_INDEPENDENT_CODE=ON \
  -DCMAKE_INSTALL_PREFIX="$prefix.part" -DCMAKE_INSTALL_LIBDIR=lib \
  -DONNX_ML=ON -DONNX_USE_LITE_PROTO=ON -DONNX_USE_PROTOBUF_SHARED_LIBS=ON \
  -DONNX_DISABLE_STATIC_REGISTRATION=ON -DONNX_USE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=10 \
  -DONNX_BUILD_PYTHON=OFF -DONNX_BUILD_TESTS=OFF
rm -rf "$prefix.part"
cmake --build "$work/build" --target install
rm -rf "$prefix"
mv "$prefix.part" "$prefix"
touch "$prefix/.complete"
