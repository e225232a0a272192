# What the workloads are like, and where a solution's time goes: pages for people
# and for prompts.
# BANDWIDTH=GB/s: what the device's memory gives, if it is known.
.PHONY: inspect
inspect: tools ## what the workloads are like: experiments/K/workload_profile.md (BANDWIDTH=GB/s)
	@mkdir -p $(X)
	@$(BUILD)/workload-profile -d $(D) -k $(K) -e $(X) -m $(BUILD)/measured/$(KERNEL).$(D) \
		$(if $(BANDWIDTH),-b '$(BANDWIDTH)') -o $(X)/workload_profile.md $(W)
	@cat $(X)/workload_profile.md
