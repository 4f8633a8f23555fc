# The site of docs/. The links of all pages are checked by `make test`, too: tests/it/docs.rs.
.PHONY: docs

MDBOOK_VERSION := 0.5.4
# One that is installed already will do; otherwise it is kept below target/ and nothing else on the machine changes.
MDBOOK = $(or $(shell command -v mdbook),target/tools/bin/mdbook)

target/tools/bin/mdbook:
	@echo 'installing mdbook $(MDBOOK_VERSION) into target/tools'
	@$(CARGO) install mdbook --locked --quiet --version $(MDBOOK_VERSION) --root target/tools

docs: tools $(if $(shell command -v mdbook),,target/tools/bin/mdbook) ## the pages of docs/ as a site in target/book; every link and command in them checked
	@$(CARGO) test --locked --quiet --test it -- docs::
	@$(MDBOOK) build docs --dest-dir '$(CURDIR)/target/book'
	@echo 'open target/book/index.html'
