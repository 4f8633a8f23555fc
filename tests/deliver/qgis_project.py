"""Opens region.qgz in QGIS offscreen: every layer valid, styled and aliased, no warning, every layout exports.

Usage: qgis_project.py FOLDER [PICTURES]
"""

import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (  # noqa: E402
    Qgis,
    QgsApplication,
    QgsLayoutExporter,
    QgsLayoutItemLegend,
    QgsLayoutItemMap,
    QgsLayoutItemPicture,
    QgsLayoutItemScaleBar,
    QgsProject,
    QgsReadWriteContext,
    QgsVectorLayer,
)

folder = os.path.abspath(sys.argv[1])
pictures = os.path.abspath(sys.argv[2]) if len(sys.argv) > 2 else None
faults = []
messages = []


def check(ok, text):
    if not ok:
        faults.append(text)


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

# Its printed pages.
layouts = project.layoutManager().printLayouts()
check(layouts, "the project has no layout")
for number, layout in enumerate(layouts):
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
