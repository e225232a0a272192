# Pages for a browser, made from the records; their style and script lie beside
# the programs.
PAGE_PARTS := $(BUILD)/page.css $(BUILD)/page.js

tools: $(PAGE_PARTS)
$(PAGE_PARTS): $(BUILD)/%: tools/page/% | $(BUILD)
	@cp $< $@

.PHONY: report plot serve
report: tools ## every experiment: as a page for a browser (experiments/K/index.html), and in short here
	@$(BUILD)/summarize -e $(X)
	@cat $(X)/summary.md $(X)/LESSONS.md
	@tools/report.sh $(BUILD) $(KERNELS) $(WORKLOADS) $(EXPERIMENTS) $(KERNEL)
serve: tools ## the same on this machine's browser, new when an experiment lands (PORT=8128)
	@$(BUILD)/serve $(if $(PORT),-p '$(PORT)') $(EXPERIMENTS) \
		tools/report.sh $(BUILD) $(KERNELS) $(WORKLOADS) $(EXPERIMENTS) $(KERNEL)
plot: tools ## best time against experiment as SVG, for a README: experiments/K/plot.svg, or OUT=
	@$(BUILD)/page -p $(D) -o '$(or $(OUT),$(X)/plot.svg)' $(X)
	@echo '$(or $(OUT),$(X)/plot.svg)'
