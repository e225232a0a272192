# What the statistics do, on made-up measurements: ratchet-judge(7)'s numbers.
JUDGEMENTS ?= 20000
.PHONY: simulate
simulate: tests/fixtures/simulation.tsv tests/fixtures/simulation.choices.tsv ## error rates and power of the statistics (JUDGEMENTS=n)
tests/fixtures/simulation.choices.tsv: FLAGS = -c
tests/fixtures/simulation.tsv tests/fixtures/simulation.choices.tsv: $(BUILD)/tests/simulate FORCE
	@{ date -u '+# %F' && $< $(FLAGS) $(JUDGEMENTS); } >$(BUILD)/simulation && mv $(BUILD)/simulation $@
