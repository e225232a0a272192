# An agent's folder: what ./step reads, copies and asks there, and a workspace.
AGENT_DIR ?= build/agent

# Where the records that ./step can print are, by name.
record_summary   = $(X)/summary.md
record_lessons   = $(X)/LESSONS.md
record_plan      = $(X)/plan.md
record_notes     = $(K)/notes.md
record_hints     = $(K)/hints.md
record_settings  = $(K)/settings
record_profile   = $(X)/profile.$(D).md
record_workloads = $(X)/workload_profile.md
records          = $(or $(record_$(RECORD)),$(X)/$(RECORD)/result.md $(X)/$(RECORD)/proposal.md)

.PHONY: record copy logged workspace
record: tools ## print a record: RECORD=summary|lessons|notes|hints|..., or exp_NNNN
	$(call need,RECORD)
	@$(if $(wildcard $(records)),cat $(wildcard $(records)),echo 'nothing on file: $(firstword $(records))')
copy: tools ## start a candidate in AGENT_DIR: the incumbent, or FROM=exp_NNNN|shipped
	@mkdir -p '$(AGENT_DIR)'
	@tools/candidate.sh '$(if $(filter shipped,$(FROM)),$(X)/shipped.$(SUFFIX),$(call source,$(if $(FROM),$(X)/$(FROM),$K)))' '$(AGENT_DIR)'
logged: ## what is on file about SOLUTION=file
	$(call need,SOLUTION)
	@hash=$$(sha256sum <'$(SOLUTION)' | cut -c -64) && \
		grep -h "\"source_sha256\": \"$$hash\"" $(X)/ledger.jsonl || \
		{ echo '$(SOLUTION): not on file: try it first'; exit 1; }
workspace: ground ## a folder for an agent: DIR=path (KERNEL=, DEVICE=)
	$(call need,DIR)
	@tools/workspace.sh $(D) '$(DIR)'
