# What the results look like to the programs that open them. Apart from `make test`: it needs QGIS, GDAL and a browser.
.PHONY: test-deliver deliver-tools

DELIVER_OUT ?= target/deliver
DELIVER_PACKAGES := qgis python3-qgis gdal-bin python3-gdal chromium poppler-utils fonts-noto-cjk python3-openpyxl
# The system's Python: the one that QGIS and GDAL are installed for.
SYSTEM_PYTHON ?= /usr/bin/python3

deliver-tools:
	@$(SYSTEM_PYTHON) -c 'import qgis.core, osgeo_utils, openpyxl' 2>/dev/null \
	  && command -v ogrinfo chromium pdftoppm >/dev/null && fc-list :lang=zh | grep -q . \
	  || { echo 'installing what opens the results'; apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(DELIVER_PACKAGES) >/dev/null; }

test-deliver: tools deliver-tools ## open the results in QGIS, GDAL, a browser and a spreadsheet
	@$(CARGO) build --release --locked
	@for lang in zh en; do \
	  status=0; ./target/release/lifering audit --demo -q --lang $$lang --out $(DELIVER_OUT)/$$lang || status=$$?; \
	  test $$status -ne 2; \
	done
	@bash tests/deliver/gdal.sh $(DELIVER_OUT)/zh
	@mkdir -p $(DELIVER_OUT)/layouts
	@QT_QPA_PLATFORM=offscreen $(SYSTEM_PYTHON) tests/deliver/qgis_project.py $(DELIVER_OUT)/zh $(DELIVER_OUT)/layouts
	@$(SYSTEM_PYTHON) tests/deliver/workbook.py $(DELIVER_OUT)/zh/report.xlsx
	@for lang in zh en; do bash tests/deliver/browser.sh $(DELIVER_OUT)/$$lang/report.html $(DELIVER_OUT)/pictures-$$lang; done
	@echo 'Pictures to look at: $(DELIVER_OUT)/layouts, $(DELIVER_OUT)/pictures-zh, $(DELIVER_OUT)/pictures-en'
