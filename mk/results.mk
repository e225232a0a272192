# Histories: this clone's, and those kept as examples.
.PHONY: results
results: $(BUILD)/summarize ## table of all recorded histories, for the README
	@tools/results.sh $< $(patsubst %/ledger.jsonl,%,$(sort $(wildcard \
		experiments/*/ledger.jsonl tests/fixtures/*/ledger.jsonl \
		tests/fixtures/*/*/ledger.jsonl)))
