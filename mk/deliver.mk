# What the results look like to the programs that open them. Apart from `make test`: it needs QGIS, GDAL and a browser, which
# it takes from the distribution (Debian, Ubuntu), and a few Python packages, which it keeps in a folder of its own.
.PHONY: test-deliver deliver-tools test-roads test-roads-random test-roads-extract

DELIVER_OUT ?= $(TARGET)/deliver
DELIVER_PACKAGES := qgis python3-qgis gdal-bin python3-gdal chromium poppler-utils fonts-noto-cjk python3-openpyxl python3-venv
# The system's Python: the one that QGIS and GDAL are installed for.
SYSTEM_PYTHON ?= /usr/bin/python3
DELIVER_PYTHON := $(DELIVER_OUT)/venv/bin/python

deliver-tools: $(DELIVER_OUT)/venv/ready
	@$(SYSTEM_PYTHON) -c 'import qgis.core, osgeo_utils, openpyxl' 2>/dev/null \
	  && command -v ogrinfo chromium pdftoppm >/dev/null && fc-list :lang=zh | grep -q . \
	  || { echo 'installing what opens the results'; apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(DELIVER_PACKAGES) >/dev/null; }

$(DELIVER_OUT)/venv/ready: tests/deliver/requirements.txt
	@mkdir -p $(DELIVER_OUT)
	@$(SYSTEM_PYTHON) -m venv $(DELIVER_OUT)/venv 2>/dev/null \
	  || { apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null && $(SYSTEM_PYTHON) -m venv $(DELIVER_OUT)/venv; }
	@$(DELIVER_PYTHON) -m pip install -q --disable-pip-version-check -r tests/deliver/requirements.txt
	@touch $@

test-deliver: tools deliver-tools ## open the results in QGIS, GDAL, DuckDB, a browser and a spreadsheet
	@$(CARGO) build --release --locked
	@for lang in zh en; do \
	  status=0; $(LIFERING) audit --demo -q --lang $$lang --out $(DELIVER_OUT)/$$lang || status=$$?; \
	  test $$status -ne 2; \
	  status=0; $(LIFERING) audit fixtures/grid_town -q --lang $$lang --out $(DELIVER_OUT)/small-$$lang || status=$$?; \
	  test $$status -ne 2; \
	  $(LIFERING) propose --demo -q --lang $$lang --goal cover --sites 3 --rule JJ-EMS-02 --out $(DELIVER_OUT)/plan-$$lang; \
	done
	@bash tests/deliver/gdal.sh $(DELIVER_OUT)/zh
	@bash tests/deliver/gdal.sh $(DELIVER_OUT)/plan-zh
	@$(DELIVER_PYTHON) tests/deliver/geoparquet.py $(DELIVER_OUT)/zh
	@for lang in zh en; do \
	  for kind in "" plan-; do \
	    mkdir -p $(DELIVER_OUT)/layouts-$$kind$$lang; \
	    QT_QPA_PLATFORM=offscreen $(SYSTEM_PYTHON) tests/deliver/qgis_project.py $(DELIVER_OUT)/$$kind$$lang $(DELIVER_OUT)/layouts-$$kind$$lang; \
	  done; \
	  $(SYSTEM_PYTHON) tests/deliver/workbook.py $(DELIVER_OUT)/$$lang/report.xlsx; \
	  $(DELIVER_PYTHON) tests/deliver/browser.py $(DELIVER_OUT)/$$lang/report.html $(DELIVER_OUT)/pictures-$$lang JJ-EMS-01 JJ-PHC-02; \
	  $(DELIVER_PYTHON) tests/deliver/browser.py $(DELIVER_OUT)/small-$$lang/report.html $(DELIVER_OUT)/pictures-small-$$lang; \
	  $(DELIVER_PYTHON) tests/deliver/browser.py $(DELIVER_OUT)/plan-$$lang/proposal.html $(DELIVER_OUT)/pictures-plan-$$lang JJ-EMS-02; \
	done
	@$(SYSTEM_PYTHON) tests/deliver/nasty_region.py $(DELIVER_OUT)/nasty-region
	@for lang in zh en; do \
	  status=0; $(LIFERING) audit $(DELIVER_OUT)/nasty-region -q --lang $$lang --out $(DELIVER_OUT)/nasty-$$lang || status=$$?; \
	  test $$status -ne 2; \
	  mkdir -p $(DELIVER_OUT)/layouts-nasty-$$lang; \
	  QT_QPA_PLATFORM=offscreen $(SYSTEM_PYTHON) tests/deliver/qgis_project.py $(DELIVER_OUT)/nasty-$$lang $(DELIVER_OUT)/layouts-nasty-$$lang; \
	done
	@status=0; $(LIFERING) batch fixtures data/regions/jinjiang-demo -q --lang en --out $(DELIVER_OUT)/batch || status=$$?; \
	  test $$status -ne 2
	@$(DELIVER_PYTHON) tests/deliver/batch.py $(DELIVER_OUT)/batch
	@QT_QPA_PLATFORM=offscreen $(SYSTEM_PYTHON) tests/deliver/batch_project.py $(DELIVER_OUT)/batch $(DELIVER_OUT)/batch.png
	@echo 'Pictures to look at: $(DELIVER_OUT)/layouts-*, $(DELIVER_OUT)/pictures-*'

# Roads against readings that share nothing with lifering. They need Python 3.11 or newer, and what does not lie in this repository:
# an extract, and a program of the same definitions for regions of GeoJSON. Each may be another one:
#   make test-roads ROADS_EXTRACT=city.osm.pbf ROADS_STATIONS=stations.geojson ROADS_PLACES=places.csv ROADS_COUNT=20
# Places are a CSV with lon, lat; without them, places and stations are chosen at random, always the same for one ROADS_SEED.
ROADS_EXTRACT ?= ../shared/data/osm/extract.osm.pbf
ROADS_ORACLE ?= ../shared/tools/oracle.py
ROADS_STATIONS ?= $(ROADS_OUT)/stations.geojson
ROADS_PLACES ?= $(ROADS_OUT)/places.csv
ROADS_UTURNS ?= junctions
ROADS_COUNT ?= 200
ROADS_SEED ?= 1
ROADS_OUT := $(DELIVER_OUT)/roads
ROADS_PYTHON := $(ROADS_OUT)/venv/bin/python
ROADS_LIFERING ?= $(LIFERING)

$(ROADS_OUT)/venv/ready: tests/deliver/requirements-roads.txt
	@mkdir -p $(ROADS_OUT)
	@$(SYSTEM_PYTHON) -m venv $(ROADS_OUT)/venv
	@$(ROADS_PYTHON) -m pip install -q --disable-pip-version-check -r tests/deliver/requirements-roads.txt
	@touch $@

$(LIFERING): tools
	@$(CARGO) build --release --locked

test-roads: ## roads of an OSM extract and of random regions against independent readings
	@status=0; for part in extract random; do $(MAKE) --no-print-directory test-roads-$$part || status=1; done; exit $$status

test-roads-extract: $(ROADS_LIFERING) $(ROADS_OUT)/venv/ready
	@$(ROADS_PYTHON) tests/deliver/osm_oracle_check.py
	@if ! test -f '$(ROADS_EXTRACT)'; then \
	  echo 'skipped: there is no $(ROADS_EXTRACT); give one as ROADS_EXTRACT=city.osm.pbf'; \
	else \
	  test -f '$(ROADS_PLACES)' -a -f '$(ROADS_STATIONS)' \
	    || $(ROADS_PYTHON) tests/deliver/osm_oracle.py choose '$(ROADS_EXTRACT)' '$(ROADS_PLACES)' '$(ROADS_STATIONS)' --seed $(ROADS_SEED); \
	  rm -rf $(ROADS_OUT)/region; \
	  $(ROADS_LIFERING) import -q --lang en --to $(ROADS_OUT)/region '$(ROADS_EXTRACT)' 'population=$(ROADS_PLACES)' 'stations=$(ROADS_STATIONS)'; \
	  status=0; $(ROADS_LIFERING) audit $(ROADS_OUT)/region -q --lang en --standard jinjiang-14fyp --out $(ROADS_OUT)/audit || status=$$?; \
	  test $$status -ne 2; \
	  $(ROADS_PYTHON) tests/deliver/osm_oracle.py times '$(ROADS_EXTRACT)' '$(ROADS_STATIONS)' '$(ROADS_PLACES)' $(ROADS_OUT)/times.csv --uturns $(ROADS_UTURNS); \
	  $(ROADS_PYTHON) tests/deliver/osm_oracle.py compare $(ROADS_OUT)/times.csv $(ROADS_OUT)/audit/coverage.gpkg; \
	fi

test-roads-random: $(ROADS_LIFERING) $(ROADS_OUT)/venv/ready
	@if ! test -f '$(ROADS_ORACLE)'; then \
	  echo 'skipped: there is no $(ROADS_ORACLE); give one as ROADS_ORACLE=oracle.py'; \
	else \
	  $(ROADS_PYTHON) tests/deliver/random_roads.py $(ROADS_LIFERING) --oracle '$(ROADS_ORACLE)' --count $(ROADS_COUNT) --seed $(ROADS_SEED); \
	fi
