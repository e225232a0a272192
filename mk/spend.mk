# What experiments cost: the table of prices goes beside the programs.
# BUDGET_USD, BUDGET_TOKENS, BUDGET_GPU_S: for a kernel's whole history.
# UNTIL: a speedup at which a run ends. ON_ACCEPT: see tools/on-accept.sh; what
# is typed for it is the shell's, not make's.
override ON_ACCEPT := $(value ON_ACCEPT)
export BUDGET_USD BUDGET_TOKENS BUDGET_GPU_S PRICES UNTIL ON_ACCEPT

tools: $(BUILD)/prices.tsv
$(BUILD)/prices.tsv: tools/spend/prices.tsv | $(BUILD)
	@cp $< $@
