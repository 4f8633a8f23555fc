"""Opens batch.qgz in QGIS offscreen: layers valid, aliased, every audited region drawn, no warning.

Usage: batch_project.py FOLDER [PICTURE]
"""

import json
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (  # noqa: E402
    Qgis,
    QgsApplication,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
)
from qgis.PyQt.QtCore import QSize  # noqa: E402

folder = os.path.abspath(sys.argv[1])
messages = []
app = QgsApplication([], False)
app.initQgis()
app.messageLog().messageReceived[str, str, Qgis.MessageLevel].connect(
    lambda text, tag, level: messages.append(f"{tag}: {text}") if level in (Qgis.Warning, Qgis.Critical) else None
)
project = QgsProject.instance()
assert project.read(os.path.join(folder, "batch.qgz")), project.error()
assert project.crs().isValid()
with open(os.path.join(folder, "batch.json"), encoding="utf-8") as text:
    summary = json.load(text)["summary"]
layers = {layer.id().removeprefix("lifering_layer_"): layer for layer in project.mapLayers().values()}
assert set(layers) == {"regions", "league"}, layers
for name, layer in layers.items():
    assert layer.isValid() and layer.featureCount() > 0, f"{name}: {layer.error().message()}"
regions = layers["regions"]
assert regions.crs().authid() == "EPSG:4326"
assert sum(1 for field in regions.fields() if field.alias()) == regions.fields().count() - 1
counted = regions.countSymbolFeatures()
counted.waitForFinished()
drawn = sum(max(counted.featureCount(i.ruleKey()), 0) for i in regions.renderer().legendSymbolItems())
assert drawn == summary["audited"], f"{drawn} of {summary['audited']} regions are drawn"
if len(sys.argv) > 2:
    settings = QgsMapSettings()
    settings.setLayers([regions])
    settings.setDestinationCrs(project.crs())
    settings.setOutputSize(QSize(1200, 900))
    settings.setExtent(settings.layerExtentToOutputExtent(regions, regions.extent()))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    assert job.renderedImage().save(sys.argv[2])
assert not messages, messages
print(f"QGIS {Qgis.QGIS_VERSION}: batch.qgz, {drawn} regions")
