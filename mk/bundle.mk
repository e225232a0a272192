# Bundles: judgements by a machine that nothing reaches and nothing is installed on.
BUNDLE = $(or $(OUT),$(BUILD)/bundle/$(KERNEL).$(D))

# What is to be compiled for, where no such GPU can be asked: ARCH, or FACTS, a
# file of what doctor -f prints there.
ifeq ($(origin ARCH),command line)
FACTS := $(BUILD)/facts.$(ARCH)
ground: | $(FACTS)
$(FACTS): | $(BUILD)
	@echo 'arch = $(ARCH)' >$@
endif

.PHONY: bundle collect
bundle: ground ## a folder that judges where there is only a driver: OUT=, SOLUTION=files, ARCH=sm_90a
	$(LOCKED) env SOLUTION='$(SOLUTION)' STRIDE='$(STRIDE)' tools/bundle.sh '$(MAKE_PROGRAM)' $(D) \
		'$(BUNDLE)' $(REF) $(INC) $(GEN)
collect: tools ## take what a bundle's ./run found: FROM=results (OUT=the bundle)
	$(call need,FROM)
	$(LOCKED) tools/collect.sh '$(MAKE_PROGRAM)' $(D) '$(BUNDLE)' '$(FROM)'
