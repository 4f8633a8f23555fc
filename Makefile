# lifering: `make demo` and `make test` do all that is needed on a fresh machine with Rust (https://rustup.rs).
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test deceit lint fuzz bench demo-data update tools

CARGO ?= cargo
FUZZ_TARGETS := $(patsubst fuzz/fuzz_targets/%.rs,%,$(sort $(wildcard fuzz/fuzz_targets/*.rs)))
FUZZ_SECONDS ?= 600
DEMO_OUT ?= out/demo
# Where Cargo builds, and the program that it builds there.
TARGET := $(or $(CARGO_TARGET_DIR),target)
LIFERING := $(TARGET)/release/lifering

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

tools:
	@command -v $(CARGO) >/dev/null || { echo 'lifering needs Rust 1.90 or newer: install it from https://rustup.rs, then run make again'; exit 2; }
	@command -v cc >/dev/null || { echo 'Rust needs a C compiler to link: "apt-get install build-essential", "dnf install gcc" or "xcode-select --install", then run make again'; exit 2; }

# Exit status 1 and 3 are findings about the city, not failures of the run.
demo: tools ## audit the embedded, illustrative city; results in out/demo
	@$(CARGO) build --release --locked
	@status=0; $(LIFERING) audit --demo --out $(DEMO_OUT) || status=$$?; \
	case $$status in \
	  0) echo 'Exit status 0: every binding rule is met.';; \
	  1) echo 'Exit status 1: at least one binding rule is not met.';; \
	  3) echo 'Exit status 3: no gap, but something could not be judged.';; \
	  *) exit $$status;; \
	esac; \
	echo; ls -1s --block-size=K $(DEMO_OUT) 2>/dev/null || ls -1 $(DEMO_OUT)

test: tools ## all tests
	@$(CARGO) test --locked --workspace --doc --quiet
	@if $(CARGO) nextest --version >/dev/null 2>&1; \
	then $(CARGO) nextest run --locked --workspace; \
	else $(CARGO) test --locked --workspace --all-targets; fi

# Not a search for crashes, but for figures that are wrong without a word: tests/deceit of the crate core.
deceit: tools ## distort a sound town ten thousand times as users do, and count the silent misreadings
	@LIFERING_DECEIT_CASES=10000 $(CARGO) test --release --locked --package lifering-core --test deceit -- --nocapture

lint: tools ## format, clippy, documentation; licences where cargo-deny is installed
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS=-Dwarnings $(CARGO) doc --locked --workspace --no-deps
	@if $(CARGO) deny --version >/dev/null 2>&1; then $(CARGO) deny check; fi

# Without a sanitizer the stable toolchain will do: the code has no `unsafe`, and a panic is what is looked for.
fuzz: tools ## ten minutes for each fuzz target; needs cargo-fuzz
	@for target in $(FUZZ_TARGETS); do \
	  mkdir -p fuzz/corpus/$$target; \
	  $(CARGO) fuzz run -s none $$target fuzz/corpus/$$target fuzz/seeds/$$target -- \
	    -max_total_time=$(FUZZ_SECONDS) -timeout=10 -max_len=32768 || exit 1; \
	done

bench: tools ## time the steps of a metropolis beside other tools, whole audits, proposals, a hundred regions in one go, and inputs made to be slow
	$(CARGO) bench --locked --bench metropolis --bench cities --bench propose --bench trial --bench batch
	$(CARGO) bench --locked -p lifering-core --bench corners

demo-data: tools ## make the demo region anew, then the hashes under data/
	$(CARGO) run --release --locked --example make_jinjiang_demo -- data/regions/jinjiang-demo
	@$(MAKE) --no-print-directory update

update: tools ## write derived files anew: the schemas in data/schema, where the quotations of the plans stand, then the hashes in data/MANIFEST.toml
	LIFERING_UPDATE=1 $(CARGO) test --locked --quiet --test it -- schema::the_schema_in
	LIFERING_UPDATE=1 $(CARGO) test --locked --quiet --test it -- sentences::the_claims
	LIFERING_UPDATE=1 $(CARGO) test --locked --quiet --test it -- manifest::

-include mk/deliver.mk
-include mk/same-bytes.mk
-include mk/docs.mk
-include mk/web.mk
-include mk/python.mk
