"""A report in a browser, with its one script and without, and without network: nothing on the console, no request, no
page wider than its window, every map drawn; pictures at two widths and the printed pages, none of which is nearly empty.

Usage: browser.py FILE PICTURES WORD... (words that stand on the first printed page)
"""

import os
import re
import subprocess
import sys

from playwright.sync_api import sync_playwright

file = os.path.abspath(sys.argv[1])
pictures = os.path.abspath(sys.argv[2])
words = sys.argv[3:]
os.makedirs(pictures, exist_ok=True)
url = "file://" + file
faults = []

MEASURE = """() => ({
  width: document.documentElement.scrollWidth,
  window: document.documentElement.clientWidth,
  maps: [...document.querySelectorAll('figure.map svg[role=img]')].map(s => [s.clientWidth, s.clientHeight]),
  zones: document.querySelectorAll('[data-zone]').length,
  titles: document.querySelectorAll('svg title').length,
  scripts: document.scripts.length,
  small: [...document.querySelectorAll('main *')].filter(e => e.childNodes.length && e.firstChild.nodeType === 3
    && !e.closest('svg') && parseFloat(getComputedStyle(e).fontSize) < 10).length,
})"""

with sync_playwright() as play:
    browser = play.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"])
    for name, width, height in (("desktop", 1200, 900), ("phone", 390, 844)):
        page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=2 if name == "phone" else 1)
        page.on("console", lambda message: faults.append(f"{name}: the console says {message.text}"))
        page.on("pageerror", lambda error: faults.append(f"{name}: {error}"))
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(url)
        found = page.evaluate(MEASURE)
        if [u for u in asked if u != url and not u.startswith("data:")]:
            faults.append(f"{name}: asks for {asked}")
        if found["width"] > found["window"]:
            faults.append(f"{name}: {found['width']} pixels wide in a window of {found['window']}")
        if not found["maps"] or any(w < 200 or h < 100 for w, h in found["maps"]):
            faults.append(f"{name}: maps of {found['maps']}")
        if found["zones"] == 0 or found["titles"] == 0:
            faults.append(f"{name}: {found['zones']} zones, {found['titles']} texts on hovering")
        if found["scripts"] != 1 or found["small"]:
            faults.append(f"{name}: {found['scripts']} scripts, {found['small']} texts under 10 pixels")
        page.screenshot(path=os.path.join(pictures, f"{name}.png"), full_page=True)
        if name == "desktop":
            page.pdf(path=os.path.join(pictures, "report.pdf"), prefer_css_page_size=True, print_background=True)
        page.close()
    # Without scripts the text is the same.
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(url)
    if any(word not in plain.inner_text("body") for word in words):
        faults.append("without scripts the rules are not to be read")
    browser.close()

pdf = os.path.join(pictures, "report.pdf")
subprocess.run(["pdftoppm", "-r", "70", "-png", pdf, os.path.join(pictures, "page")], check=True)
text = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout
about = subprocess.run(["pdfinfo", pdf], check=True, capture_output=True, text=True).stdout
pages = int(re.search(r"^Pages:\s+(\d+)", about, re.M)[1])
if "A4" not in about:
    faults.append("the print is not on A4")
first = text.split("\f")[0]
for wanted in words:
    if wanted not in first:
        faults.append(f"{wanted} is not on the first printed page")
# How far down each sheet reaches, the foot left aside; the last one may end anywhere.
boxes = subprocess.run(["pdftotext", "-bbox", pdf, "-"], check=True, capture_output=True, text=True).stdout
for number, sheet in enumerate(boxes.split("<page ")[1:-1], 1):
    height = float(re.search(r'height="([\d.]+)"', sheet)[1])
    lowest = max([float(y) for y in re.findall(r'yMax="([\d.]+)"', sheet) if float(y) < height * 0.945], default=0)
    if lowest < height * 0.3:
        faults.append(f"printed sheet {number} of {pages} is nearly empty: it ends at {lowest / height:.0%}")
print("\n".join(faults) if faults else f"Chromium: {pages} pages in print, nothing on the console, no request")
sys.exit(1 if faults else 0)
