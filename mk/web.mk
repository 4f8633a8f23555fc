# The page of the workbench: built anew, compared with what is committed, then driven in a browser without WebGL.
.PHONY: web test-web web-picture chromium node

CHROMIUM ?= $(firstword $(wildcard /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome))
# The program that serves the page: what `make test` has built already, or LIFERING=path/to/lifering.
WEB_LIFERING := $(if $(filter command environment,$(firstword $(origin LIFERING))),$(LIFERING),$(TARGET)/debug/lifering)

node:
	@command -v npm >/dev/null || { echo 'the page of the workbench is built with Node 20 or newer, from https://nodejs.org; web/dist is committed, so only who changes web/ needs it'; exit 2; }

chromium:
	@if [ -z "$(CHROMIUM)" ]; then apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk; fi

web: node ## build the page of the workbench, web/dist (needs Node 20 or newer)
	@cd web && npm ci --no-audit --no-fund --silent && npm run --silent check && npm run --silent build

test-web: tools node chromium ## the page as a planner uses it, in a browser against the real server (needs Node 20 or newer)
	@[ -x "$(WEB_LIFERING)" -a "$(WEB_LIFERING)" != "$(TARGET)/debug/lifering" ] || $(CARGO) build --locked
	@hashes() { (cd web/dist && find . -type f | LC_ALL=C sort | xargs sha256sum); }; \
	before=$$(hashes); $(MAKE) --no-print-directory web; after=$$(hashes); \
	if [ "$$before" != "$$after" ]; then \
	  echo 'web/dist was not that of its sources; it is now: commit it'; diff <(echo "$$before") <(echo "$$after"); exit 1; \
	fi
	@cd web && LIFERING=$(abspath $(WEB_LIFERING)) CHROMIUM=$(CHROMIUM) npm run --silent test

web-picture: node chromium ## the picture of the workbench in the documentation
	@cd web && LIFERING=$(abspath $(WEB_LIFERING)) CHROMIUM=$(CHROMIUM) node test/picture.mjs ../docs/pictures/workbench.png
