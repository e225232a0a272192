# Where judgements run, ratchet-runner(7): RUNNER=local, or a run-NAME.
RUNNER ?= local
# What its machine is, see facts.sh. Empty: this one.
ifeq ($(FACTS),)
FACTS := $(if $(filter-out local,$(RUNNER)),$(BUILD)/facts.$(RUNNER))
endif
export RUNNER FACTS RUNNER_TRIES RUNNER_WAIT_S RUNNER_FOLDER SSH_HOST SSH_CONFIG
export SLURM_FOLDER SLURM_PARTITION SLURM_ACCOUNT SLURM_GRES SLURM_CONSTRAINT SLURM_TIMELIMIT
export MODAL_GPU
# Who holds them can spend: the client has its own file, modal token set.
unexport MODAL_TOKEN_ID MODAL_TOKEN_SECRET

# All that a machine needs to judge a job.
NODE := $(addprefix $(BUILD)/node/,judge worker enter capture launcher doctor worker.py \
	bridge.py bridge.so node.sh libcjson.so.1 libz.so.1 $(if $(NVCC),device.fatbin))
# And what solutions link to, for where it is not.
SPARE := $(addprefix $(BUILD)/node/spare/,$(notdir $(filter /%,$(foreach l, \
	libstdc++.so.6 libgcc_s.so.1 libgomp.so.1,$(shell $(CC) -print-file-name=$l)))))
RUNNERS := $(patsubst tools/runner/%.sh,$(BUILD)/%,$(wildcard tools/runner/run-*.sh))
SHARED := $(addprefix $(BUILD)/,ship.sh run_modal.py modal_app.py)

tools: $(BUILD)/node.hash $(RUNNERS) $(SHARED)
$(BUILD)/node.hash: $(NODE) $(SPARE)
	@(cd $(@D)/node && find . -type f -exec sha256sum {} + | sort) | sha256sum | cut -c -64 >$@
$(RUNNERS): $(BUILD)/%: tools/runner/%.sh | $(BUILD)
	@cp $< $@
$(SHARED): $(BUILD)/%: tools/runner/% | $(BUILD)
	@cp $< $@
$(SPARE):
	@mkdir -p $(@D) && cp "$$($(CC) -print-file-name=$(@F))" $@
$(BUILD)/node/node.sh: tools/runner/node.sh
$(BUILD)/node/libcjson.so.1 $(BUILD)/node/libz.so.1: $(BUILD)/compare
	@mkdir -p $(@D) && cp "$$(ldd $< | awk '$$1 == "$(@F)" { print $$3 }')" $@
$(filter-out %.sh %.so.1,$(NODE)): $(BUILD)/node/%: $(BUILD)/%
$(filter-out %.so.1,$(NODE)):
	@mkdir -p $(@D) && cp $< $@

.PHONY: facts
facts: tools ## ask RUNNER's machine what it is: doctor -f, there
	$(if $(filter-out local,$(RUNNER)),@tools/facts.sh $(FACTS))
ifneq ($(filter-out local,$(RUNNER)),)
$(filter-out collect report status,$(TYPED)) ground new import doctor: | facts
ifneq ($(filter profile spans streams,$(MAKECMDGOALS)),)
  $(error RUNNER=$(RUNNER): $(MAKECMDGOALS) measures on this machine: RUNNER=local)
endif
endif
