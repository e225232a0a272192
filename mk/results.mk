# Histories: this clone's, and those kept as examples.
.PHONY: results
results: $(BUILD)/summarize ## tables of all recorded histories, and of CUPTI's times, for the README
	@tools/results.sh $< $(patsubst %/ledger.jsonl,%,$(sort $(wildcard \
		experiments/*/ledger.jsonl tests/fixtures/*/ledger.jsonl \
		tests/fixtures/*/*/ledger.jsonl)))
	@tools/contest.sh $(WORKLOADS) $(EXPERIMENTS)
