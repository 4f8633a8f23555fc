"""A report in a browser, with its one script and without, and without network: nothing on the console, no request, no element
wider than its window, no text over another in a drawing, every map drawn, nothing serious that axe finds; pictures at four
widths and the printed pages, none of which is nearly empty, and which are no more bytes than one can send.

Usage: browser.py FILE PICTURES WORD... (words that stand on the first printed page)
"""

import os
import re
import subprocess
import sys

import axe_playwright_python
from playwright.sync_api import sync_playwright

file = os.path.abspath(sys.argv[1])
pictures = os.path.abspath(sys.argv[2])
words = sys.argv[3:]
os.makedirs(pictures, exist_ok=True)
url = "file://" + file
faults = []

# A report may be sent by mail, a proposal with less thought.
MOST_MB = 1 if os.path.basename(file).startswith("proposal") else 3
WIDTHS = (("wide", 1280, 900), ("desktop", 1200, 900), ("tablet", 768, 1024), ("phone", 360, 740))
# The margin at the sides of a printed page, points, less a little for the slant of a letter.
MARGIN = 14 / 25.4 * 72 - 2

# What stands out of the window, but for what its own box cuts off, and the path to it.
OUTSIDE = """() => {
  const path = e => {
    const parts = [];
    for (let at = e; at && at !== document.body && parts.length < 4; at = at.parentElement)
      parts.unshift(at.tagName.toLowerCase() + (at.id ? '#' + at.id : '') + [...at.classList].map(c => '.' + c).join(''));
    return parts.join(' > ');
  };
  const width = document.documentElement.clientWidth, found = new Map();
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest('svg') && e.tagName !== 'svg') continue;
    const box = e.getBoundingClientRect();
    if (box.width === 0 || box.height === 0 || (box.right <= width + 1 && box.left >= -1)) continue;
    // Moved out of sight for those who listen: clipped to nothing.
    if (box.width <= 1 || getComputedStyle(e).clipPath !== 'none') continue;
    // The outermost alone: what it holds stands out with it.
    const around = e.parentElement.getBoundingClientRect();
    if (e.parentElement !== document.body && (around.right > width + 1 || around.left < -1)) continue;
    const key = path(e);
    if (!found.has(key)) found.set(key, `${key} (${Math.round(box.left)} to ${Math.round(box.right)} of ${width})`);
  }
  return [...found.values()];
}"""

# Texts of a drawing that stand over each other, by their boxes. A turned text has a box larger than itself and is left out.
OVER = """() => {
  const found = [];
  document.querySelectorAll('svg').forEach((svg, n) => {
    const texts = [...svg.querySelectorAll('text')].filter(t => t.textContent.trim()
      && getComputedStyle(t).visibility !== 'hidden' && getComputedStyle(t).display !== 'none');
    const lines = texts.flatMap(t => t.querySelector('tspan') ? [...t.querySelectorAll('tspan')] : [t])
      .filter(t => !/rotate/.test(t.getAttribute('transform') || (t.parentElement.getAttribute('transform') || '')))
      .map(t => [t.textContent.trim(), t.getBoundingClientRect()]).filter(([, b]) => b.width > 0 && b.height > 0);
    for (let i = 0; i < lines.length; i++) for (let j = i + 1; j < lines.length; j++) {
      const [a, b] = [lines[i][1], lines[j][1]];
      // A box is the font's, which is higher than its letters by a third.
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 1 && down > 0.3 * Math.min(a.height, b.height))
        found.push(`drawing ${n}: “${lines[i][0]}” over “${lines[j][0]}”`);
    }
  });
  return found;
}"""

# Findings of axe that keep somebody from reading, with the first place of each.
AXE = """async () => {
  const found = await axe.run(document, {resultTypes: ['violations']});
  return found.violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v =>
    `${v.id} (${v.impact}, ${v.nodes.length} places): ${v.nodes[0].target.join(' ')}: ${v.nodes[0].failureSummary.split('\\n').pop().trim()}`);
}"""
with open(os.path.join(os.path.dirname(axe_playwright_python.__file__), "axe.min.js"), encoding="utf-8") as text:
    axe = text.read()


def told(name, what, found, most=8):
    """Faults of one kind, the first few by name."""
    faults.extend(f"{name}: {what}: {one}" for one in found[:most])
    if len(found) > most:
        faults.append(f"{name}: {what}: {len(found) - most} more")


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
    for name, width, height in WIDTHS:
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
        told(name, "stands out of the window", page.evaluate(OUTSIDE))
        told(name, "text over text", page.evaluate(OVER))
        page.screenshot(path=os.path.join(pictures, f"{name}.png"), full_page=True)
        if name in ("wide", "phone"):
            page.evaluate(axe)
            told(name, "axe finds", page.evaluate(AXE))
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
size_mb = os.path.getsize(pdf) / 1e6
if size_mb > MOST_MB:
    faults.append(f"the print has {size_mb:.1f} MB, more than {MOST_MB}")
if "A4" not in about:
    faults.append("the print is not on A4")
first = text.split("\f")[0]
for wanted in words:
    if wanted not in first:
        faults.append(f"{wanted} is not on the first printed page")
# How far down each sheet reaches, the foot left aside; the last one may end anywhere.
boxes = subprocess.run(["pdftotext", "-bbox", pdf, "-"], check=True, capture_output=True, text=True).stdout
for number, sheet in enumerate(boxes.split("<page ")[1:], 1):
    width, height = (float(re.search(rf'{side}="([\d.]+)"', sheet)[1]) for side in ("width", "height"))
    words_at = re.findall(r'xMin="([-\d.]+)" yMin="[-\d.]+" xMax="([-\d.]+)" yMax="[-\d.]+">([^<]*)<', sheet)
    beyond = [word for west, east, word in words_at if float(west) < MARGIN or float(east) > width - MARGIN]
    told(f"printed sheet {number}", "stands in the margin", beyond, 3)
    lowest = max([float(y) for y in re.findall(r'yMax="([\d.]+)"', sheet) if float(y) < height * 0.945], default=0)
    if lowest < height * 0.3 and number < pages:
        faults.append(f"printed sheet {number} of {pages} is nearly empty: it ends at {lowest / height:.0%}")
print("\n".join(faults) if faults else f"Chromium: {pages} pages in print of {size_mb:.1f} MB, four widths, axe finds nothing serious")
sys.exit(1 if faults else 0)
