# What experiments cost: the table of prices goes beside the programs.
# BUDGET_USD, BUDGET_TOKENS, BUDGET_GPU_S: for a kernel's whole history.
export BUDGET_USD BUDGET_TOKENS BUDGET_GPU_S PRICES UNTIL ON_ACCEPT

tools: $(BUILD)/prices.tsv
$(BUILD)/prices.tsv: tools/llm/prices.tsv | $(BUILD)
	@cp $< $@
