#!/bin/sh
# run.sh NAME: the test web/tests/NAME.mjs; 77 and a sentence where node or its packages are not installed.
web=$(dirname "$0")/../../web
if ! command -v node >/dev/null; then
  echo "skipped: node is not installed; ./dev setup page installs it"
  exit 77
fi
if ! [ -d "$web/node_modules" ]; then
  echo "skipped: the page's packages are not installed; ./dev setup page installs them"
  exit 77
fi
exec node "$web/tests/$1.mjs"
