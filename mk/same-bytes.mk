# Compares all outputs of this working tree with those of an older binary, for changes that must not change results.
.PHONY: same-bytes

# Streets a side, stations, seed.
SAME_BYTES_CITY := 60 6 7

same-bytes: tools ## compare all outputs with an older binary: make same-bytes BASE=path/to/old/lifering
	@test -x '$(BASE)' || { echo 'wanted: make same-bytes BASE=path/to/an/older/lifering'; exit 2; }
	@$(CARGO) build --release --locked
	@rm -rf '$(TARGET)/same-bytes-city'
	@$(CARGO) run --quiet --locked --example synthetic_city -- '$(TARGET)/same-bytes-city' $(SAME_BYTES_CITY)
	@python3 tests/same_bytes.py '$(BASE)' '$(LIFERING)' --city '$(TARGET)/same-bytes-city' $(SAME_BYTES_OPTIONS)
