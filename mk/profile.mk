# What the workloads are like, and where a solution's time goes: pages for people
# and for prompts.
PROFILED = $(BUILD)/profile-of/$(KERNEL).$(D)
SUBJECT  = $(or $(SOLUTION),$(call source,$K))

.PHONY: profile inspect
profile: SANDBOX := $(or $(SANDBOX),$(if $(SOLUTION),,own))
profile: ground ## where the time of the incumbent, or SOLUTION=, goes: experiments/K/profile.DEVICE.md (NCU=path)
	@mkdir -p $(PROFILED) $(X)
	@$(COMPILE) -o $(PROFILED)/build.json $(K) '$(SUBJECT)'
	@$(COMPILE) -r -o $(PROFILED)/report.json $(K) '$(SUBJECT)'
	@$(BUILD)/profile -c $(BUILD)/cache -e $(X) -g $(REF) -k $(K) -l $(PROFILED)/report.log \
		-m $(BUILD)/measured/$(KERNEL).$(D) $(if $(NCU),-n '$(NCU)') \
		-o $(X)/profile.$(D).md -w $(W) $(PROFILED)/build.json
	@cat $(X)/profile.$(D).md
# BANDWIDTH: what the device's memory gives, if it is known.
inspect: tools ## what the workloads are like: experiments/K/workload_profile.md (BANDWIDTH=GB/s)
	@mkdir -p $(X)
	@$(BUILD)/workload-profile -d $(D) -k $(K) -e $(X) -m $(BUILD)/measured/$(KERNEL).$(D) \
		$(if $(BANDWIDTH),-b '$(BANDWIDTH)') -o $(X)/workload_profile.md $(W)
	@cat $(X)/workload_profile.md
