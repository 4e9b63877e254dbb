#!/bin/sh
# Installs what the browser tests need, where that is possible; where not, they say that they were skipped.
set -eu
command -v chromium >/dev/null 2>&1 && fc-list 2>/dev/null | grep -qi "noto.*cjk" && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig >/dev/null
else
    echo "no chromium or no fonts-noto-cjk: the browser tests will be skipped" \
         "(to run them: sudo apt-get install chromium fonts-noto-cjk fontconfig)" >&2
fi
