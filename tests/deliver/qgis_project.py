"""Opens region.qgz in QGIS offscreen: every layer valid, styled and aliased, no warning, every layout exports; themes apply,
atlases have a page a feature, the time slider plays what is reached, and nothing that stands in a name is evaluated.

Usage: qgis_project.py FOLDER [PICTURES]
"""

import html.parser
import os
import re
import subprocess
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# What a name that is evaluated would show: names of `tests/nasty_names.json` ask for it.
CANARY = "canary-that-no-name-may-read"
os.environ["LIFERING_CANARY"] = CANARY
# A template of lifering's own that stands as it was written. (A name may begin like one.)
TEMPLATE = re.compile(r"\[% (CASE|replace|coalesce|format_number|\")")

from qgis.core import (  # noqa: E402
    Qgis,
    QgsApplication,
    QgsDateTimeRange,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsFeatureRequest,
    QgsLayerTreeModel,
    QgsLayoutExporter,
    QgsLayoutItemLabel,
    QgsLayoutItemLegend,
    QgsLayoutItemMap,
    QgsLayoutItemPicture,
    QgsLayoutItemScaleBar,
    QgsProject,
    QgsReadWriteContext,
    QgsVectorLayer,
    QgsVectorLayerTemporalContext,
    QgsVectorLayerTemporalProperties,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QDateTime, Qt  # noqa: E402

folder = os.path.abspath(sys.argv[1])
pictures = os.path.abspath(sys.argv[2]) if len(sys.argv) > 2 else None
faults = []
messages = []


def check(ok, text):
    if not ok:
        faults.append(text)


class Tags(html.parser.HTMLParser):
    """The elements of a map tip."""

    def __init__(self):
        super().__init__()
        self.found = set()

    def handle_starttag(self, tag, attributes):
        self.found.add(tag if not attributes else f"{tag} with attributes")


def safe(text, where):
    check(CANARY not in text, f"{where}: a name was evaluated: {text}")


def texts_of_layer(layer):
    """Everything that QGIS evaluates of a layer, for every feature: map tips, labels, names in the legend."""
    name = layer.name()
    spatial = layer.geometryType() != QgsWkbTypes.NullGeometry
    check(not spatial or layer.mapTipTemplate(), f"{name} has no map tip")
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    label = layer.labeling().settings() if layer.labeling() else None
    tags = Tags()
    for number, feature in enumerate(layer.getFeatures()):
        if number == 2000:
            break
        context.setFeature(feature)
        tip = QgsExpression.replaceExpressionText(layer.mapTipTemplate(), context)
        safe(tip, f"{name}, map tip")
        check(not TEMPLATE.search(tip), f"{name}: a map tip is not evaluated: {tip}")
        tags.feed(tip)
        shown = QgsExpression(layer.displayExpression())
        safe(str(shown.evaluate(context)), f"{name}, display name")
        if label:
            safe(str(label.getLabelExpression().evaluate(context)), f"{name}, label")
    check(tags.found <= {"b", "table", "tr", "td"}, f"{name}: elements in map tips: {tags.found}")
    for item in layer.renderer().legendSymbolItems() if spatial else []:
        safe(QgsExpression.replaceExpressionText(item.label(), context), f"{name}, legend")


def note(text, tag, level):
    if level in (Qgis.Warning, Qgis.Critical):
        messages.append(f"{tag}: {text}")


app = QgsApplication([], False)
app.initQgis()
app.messageLog().messageReceived[str, str, Qgis.MessageLevel].connect(note)

# The project.
project = QgsProject.instance()
check(project.read(os.path.join(folder, "region.qgz")), f"the project does not open: {project.error()}")
check(project.crs().isValid(), "the project has no valid plane")
check(project.mapLayers(), "the project has no layers")
missing = [n.name() for n in project.layerTreeRoot().findLayers() if n.layer() is None]
check(not missing, f"in the tree, but no layer: {missing}")
for layer in project.mapLayers().values():
    name = f"{layer.id()} ({layer.name()})"
    check(layer.isValid(), f"{name} is not valid: {layer.error().message()}")
    if not layer.isValid():
        continue
    check(layer.featureCount() > 0, f"{name} is empty")
    check(layer.renderer().type() != "singleSymbol", f"{name} has QGIS's default renderer")
    aliased = [f for f in layer.fields() if f.alias()]
    check(len(aliased) == layer.fields().count() - 1, f"{name}: fields without an alias")
    check(layer.crs().authid() == "EPSG:4326", f"{name} is not in WGS 84")
    counted = layer.countSymbolFeatures()
    if counted:
        counted.waitForFinished()
        items = layer.renderer().legendSymbolItems()
        drawn = sum(max(counted.featureCount(i.ruleKey()), 0) for i in items)
        there = sum(1 for _ in layer.getFeatures())
        check(drawn >= there, f"{name}: {drawn} of {there} features are drawn")
check(project.layerTreeRoot().findGroups(), "the layers are in no groups")
for layer in project.mapLayers().values():
    texts_of_layer(layer)
    about = layer.metadata()
    for what, text in (("title", about.title()), ("abstract", about.abstract()), ("licence", "".join(about.licenses())),
                       ("history", "".join(about.history())), ("attribution", layer.attribution())):
        check(text, f"{layer.name()} has no {what}")
    if layer.geometryType() == QgsWkbTypes.PointGeometry and layer.labeling():
        obstacle = layer.labeling().settings().obstacleSettings()
        check(obstacle.isObstacle(), f"{layer.name()}: labels may cover its symbols")
check(project.metadata().abstract() and project.metadata().title(), "the project says nothing of itself")

# A theme a question: it shows the layers of that question and no other.
root = project.layerTreeRoot()
themes = project.mapThemeCollection()
check(themes.mapThemes(), "there are no themes")
model = QgsLayerTreeModel(root)
for theme in themes.mapThemes():
    themes.applyTheme(theme, root, model)
    wanted = {record.layer().id() for record in themes.mapThemeState(theme).layerRecords()}
    shown = {layer.id() for layer in root.checkedLayers()}
    check(wanted and shown == wanted, f"the theme {theme} shows {shown}, not {wanted}")

# The zones with most people as bookmarks, each within what the project shows of its region.
bookmarks = project.bookmarkManager().bookmarks()
zones = [layer for layer in project.mapLayers().values() if layer.id().startswith("lifering_layer_uncovered")]
check(bookmarks or not any(f["population"] for layer in zones for f in layer.getFeatures()), "there are no bookmarks")
for mark in bookmarks:
    check(mark.extent().crs().authid() == "EPSG:4326" and mark.extent().width() > 0, f"{mark.name()} is no place")
    safe(mark.name(), "bookmark")

# The slider: five minutes after the call, what is reached within five minutes.
call = QDateTime(2000, 1, 1, 0, 0, 0, 0, Qt.UTC)
timed = 0
for layer in project.mapLayers().values():
    columns = {"from_s", "to_s"} & set(layer.fields().names()) or {"response_s"} & set(layer.fields().names())
    if not columns:
        continue
    slider = layer.temporalProperties()
    check(slider.isActive(), f"{layer.name()} has no times to play")
    check(slider.mode() == QgsVectorLayerTemporalProperties.ModeFeatureDateTimeStartAndEndFromExpressions, f"{layer.name()}: {slider.mode()}")
    context = QgsVectorLayerTemporalContext()
    context.setLayer(layer)
    span = QgsDateTimeRange(call, call.addSecs(300))
    there = layer.getFeatures(QgsFeatureRequest().setFilterExpression(slider.createFilterString(context, span)))
    played = sum(1 for _ in there)
    times = [[f[c] for c in columns if f[c] is not None and str(f[c]) != "NULL"] for f in layer.getFeatures()]
    # A date of QGIS has whole seconds.
    reached = sum(1 for t in times if t and min(t) < 301)
    check(played == reached, f"{layer.name()}: the slider shows {played} features after five minutes, {reached} are reached")
    timed += played
if timed:
    span = project.timeSettings().temporalRange()
    check(span.begin() == call and span.end() > call.addSecs(600), f"the slider runs from {span.begin()} to {span.end()}")

# Its printed pages.
layouts = project.layoutManager().printLayouts()
check(layouts, "the project has no layout")
exported = 0
for number, layout in enumerate(layouts):
    if layout.atlas().enabled():
        atlas, pages_of = layout.atlas(), layout.atlas().coverageLayer()
        check(pages_of is not None, f"{layout.name()}: no layer for its pages")
        atlas.updateFeatures()
        there = sum(1 for _ in pages_of.getFeatures())
        check(atlas.count() == there > 0, f"{layout.name()}: {atlas.count()} pages of {there} features")
        atlas.beginRender()
        for page in range(min(atlas.count(), 30)):
            atlas.seekTo(page)
            for item in layout.items():
                if isinstance(item, QgsLayoutItemLabel):
                    safe(item.currentText(), f"{layout.name()}, page {page}")
                    check(not TEMPLATE.search(item.currentText()), f"{layout.name()}, page {page}: not evaluated: {item.currentText()}")
            if pictures and page == 0:
                layout.refresh()
                settings = QgsLayoutExporter.ImageExportSettings()
                settings.dpi = 110
                QgsLayoutExporter(layout).exportToImage(os.path.join(pictures, f"atlas-{number}.png"), settings)
        atlas.endRender()
        # All pages of the units and of the first question's zones; the others are made of the same parts.
        if exported < 2:
            exported += 1
            target = os.path.join(pictures or "/tmp", f"atlas-{number}.pdf")
            settings = QgsLayoutExporter.PdfExportSettings()
            settings.dpi = 40
            done, error = QgsLayoutExporter.exportToPdf(atlas, target, settings)
            check(done == QgsLayoutExporter.Success, f"{layout.name()} does not export: {error}")
            about = subprocess.run(["pdfinfo", target], check=True, capture_output=True, text=True).stdout
            pages = int(re.search(r"^Pages:\s+(\d+)", about, re.M)[1])
            check(pages == atlas.count(), f"{layout.name()}: {pages} pages of {atlas.count()} features")
        continue
    for item in layout.items():
        if isinstance(item, QgsLayoutItemLabel):
            safe(item.currentText(), layout.name())
    for kind in (QgsLayoutItemMap, QgsLayoutItemLegend, QgsLayoutItemPicture, QgsLayoutItemScaleBar):
        check(any(isinstance(i, kind) for i in layout.items()), f"{layout.name()}: no {kind.__name__}")
    target = os.path.join(pictures or "/tmp", f"layout-{number}.pdf")
    done = QgsLayoutExporter(layout).exportToPdf(target, QgsLayoutExporter.PdfExportSettings())
    check(done == QgsLayoutExporter.Success, f"{layout.name()} does not export: {done}")
    check(os.path.getsize(target) > 10_000, f"{target} is empty")
    if pictures:
        settings = QgsLayoutExporter.ImageExportSettings()
        settings.dpi = 110
        QgsLayoutExporter(layout).exportToImage(os.path.join(pictures, f"layout-{number}.png"), settings)

# The layers as they come when the GeoPackage is dropped in, and the GeoJSON files with their styles.
package = os.path.join(folder, "coverage.gpkg")
whole = QgsVectorLayer(package, "all", "ogr")
for sub in whole.dataProvider().subLayers():
    table = sub.split("!!::!!")[1]
    if table in ("layer_styles", "rules", "moves"):
        continue
    layer = QgsVectorLayer(f"{package}|layername={table}", table, "ogr")
    check(layer.isValid() and layer.renderer().type() == "RuleRenderer", f"{table} comes without its style")
    check(layer.hasSpatialIndex(), f"{table} has no spatial index")
for file in sorted(os.listdir(folder)):
    if file.endswith(".geojson"):
        layer = QgsVectorLayer(os.path.join(folder, file), file, "ogr")
        check(layer.isValid() and layer.renderer().type() == "RuleRenderer", f"{file} comes without its style")

check(not messages, "QGIS says:\n  " + "\n  ".join(messages))
print("\n".join(faults) if faults else f"QGIS {Qgis.QGIS_VERSION}: {len(layouts)} layouts, nothing to complain of", flush=True)
# QGIS and GDAL do not always take each other down in good order; nothing that is checked here comes after this.
os._exit(1 if faults else 0)
