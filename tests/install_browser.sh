#!/usr/bin/env bash
# Installs the distribution's Chromium and a CJK font for the browser tests, where that is possible;
# says which tests are left out where it is not.
set -u
have_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
if have_browser >/dev/null && fc-list 2>/dev/null | grep -qi cjk; then exit 0; fi
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "· installing Chromium and a CJK font"
  apt-get update -qq >/dev/null 2>&1
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk >/dev/null 2>&1
fi
have_browser >/dev/null || echo "! no Chromium here and no right to install it: the browser tests will be left out"
fc-list 2>/dev/null | grep -qi cjk || echo "! no CJK font here: screenshots will show boxes"
exit 0
