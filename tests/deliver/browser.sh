#!/usr/bin/env bash
# report.html in a browser without network: no message on the console, pictures at two widths, pages in print.
# Usage: browser.sh FILE PICTURES
set -euo pipefail
file=$(realpath "$1")
mkdir -p "$2"
pictures=$(realpath "$2")
log=$pictures/console.log
browse() {
  chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run --disable-background-networking \
    --host-resolver-rules='MAP * ~NOTFOUND' --enable-logging=stderr "$@" "file://$file" 2>>"$log" >/dev/null
}
: >"$log"
browse --window-size=1200,7000 --screenshot="$pictures/desktop.png"
browse --window-size=390,4000 --screenshot="$pictures/phone.png"
browse --no-pdf-header-footer --print-to-pdf="$pictures/report.pdf"
if grep -E 'CONSOLE|ERR_NAME_NOT_RESOLVED' "$log"; then echo "the page complains or asks the network"; exit 1; fi
for picture in desktop.png phone.png report.pdf; do test -s "$pictures/$picture"; done
pdftoppm -r 70 -png "$pictures/report.pdf" "$pictures/page"
pdftotext "$pictures/report.pdf" - | grep -q 'JJ-EMS-01'
echo "Chromium: $(pdfinfo "$pictures/report.pdf" | awk '/^Pages/{print $2}') pages in print, nothing on the console"
