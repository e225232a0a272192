# Experiments: the files of one, in order, and what a person types.
KERNEL      ?= gemm_n128_k2048
DEVICE      ?= auto
PROPOSER    ?= tune
ITERATIONS  ?= 1
MODE        ?= quick
STRIDE      ?= 4
KERNELS     ?= kernels
WORKLOADS   ?= workloads
EXPERIMENTS ?= experiments
# BENCH_S: seconds of a judgement, instead of the settings' bench_s.
# NODEDUP=1: measure also what is not new.
# SANDBOX: bwrap, container or none, see ratchet-judge(7); tools/jail.sh says
# what is meant where nothing is said.
# GPUS: those that judgements may run on, "0,1", see ratchet-doctor(1).
# PYTHON: runs solutions in Python, and the reference of a definition where a
# kernel has none in C; with PyTorch.
# ALLOW_HOST_TIMED=1: accept what was timed with Python in it.
# MODEL, MODELS, PLANNER_MODEL, CANDIDATES, STALL, TUNE_AFTER, PROMPT_TOKENS:
# how a model is asked, see tools/propose/asking.h; more in ratchet-ask(1).
export SANDBOX BUILD KERNEL PROPOSER ITERATIONS KERNELS WORKLOADS EXPERIMENTS BENCH_S NODEDUP PROPOSAL PYTHON

# Keys are for the targets that ask; optimize.sh takes them away first. key.c
# has the same names.
export KEYS := ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN CLAUDE_CODE_OAUTH_TOKEN OPENAI_API_KEY
ifeq ($(filter optimize loop scheduled research,$(MAKECMDGOALS)),)
unexport $(KEYS)
endif

K := $(KERNELS)/$(KERNEL)
W := $(WORKLOADS)/$(KERNEL).jsonl
X := $(EXPERIMENTS)/$(KERNEL)
E := $(X)/$(EXP)
# Not empty for a project, which its own commands judge.
OWN = $(eval OWN := $(shell grep -qs '^[[:space:]]*measure[[:space:].=]' $(K)/settings && echo yes))$(OWN)
# cpu or cuda, asked once, and only by a recipe: doctor must be built first.
D = $(eval D := $(if $(filter auto,$(DEVICE)),$(if $(OWN),cpu,$(shell FACTS='$(FACTS)' $(BUILD)/doctor -d)),$(DEVICE)))$(D)
SUFFIX = $(if $(OWN),txtar,$(if $(filter cuda,$(D)),cu,c))
source = $(firstword $(wildcard $1/solution.$(SUFFIX)) $(wildcard $1/solution.json) $1/solution.$(SUFFIX))
GROUND = $(BUILD)/run/$(KERNEL).$(D)
# By another name: make -n runs every line that names $(MAKE).
MAKE_PROGRAM := $(MAKE)
LOCKED = @tools/locked.sh $(BUILD)/lock/$(KERNEL).$(D)

COMPILE = $(BUILD)/$(if $(OWN),build-project -H $(X)/project.harness,build-kernel) -c $(BUILD)/cache -d $(D)
JUDGE   = -k $(K) -w $(W) -c $(BUILD)/cache $(if $(BENCH_S),-t $(BENCH_S))
NATIVE  = $(wildcard $(K)/reference.$(SUFFIX))
REF     = $(if $(OWN),$(INC),$(if $(NATIVE),$(GROUND)/reference/build.json,$(K)/definition.json))
INC     = $(GROUND)/incumbent/build.json
GEN     = $(if $(wildcard $(K)/generate.c),$(GROUND)/generate/build.json)

# What every judgement stands on. build-kernel does nothing where its result
# is there, and makes again what `make clean` took away.
.PHONY: ground candidate proven decided experiment
ground: SANDBOX := $(or $(SANDBOX),own)
ground: tools
	@mkdir -p $(dir $(REF)) $(dir $(INC)) $(dir $(GEN)) $(BUILD)/lock
	$(if $(OWN),,@tools/reference.sh $(D) >/dev/null)
	$(if $(NATIVE),@$(COMPILE) -o $(REF) $(K) $(NATIVE))
	$(if $(OWN),@test -e $(K)/solution.txtar || tools/pack-project.sh $(K) '' $(K)/solution.txtar)
	@$(COMPILE) $(if $(OWN),-l $(GROUND)/project.harness) -o $(INC) $(K) $(call source,$K)
	$(if $(GEN),@$(BUILD)/build-kernel -c $(BUILD)/cache -d cpu -o $(GEN) $(K) $(K)/generate.c)
candidate: ground
	@$(COMPILE) -o $(E)/build.json $(K) $(call source,$E) || test $$? -eq 1

# Each file is written once, so that the rules ask whether it exists, not how
# old it is; a published experiment has no rules. Exit 1 is an answer.
ifneq ($(EXP),)
ifeq ($(wildcard $(E)/result.md),)
# Each is whole or absent: what is there stays if make is killed just then.
.PRECIOUS: $(foreach f,verify.jsonl bench.tsv compare.tsv confirm.tsv verdict.json,$(E)/$f)
$(E)/verify.jsonl: | candidate
	@tools/again.sh $(BUILD)/verify $(JUDGE) $(GEN:%=-g %) -o $@ $(REF) $(E)/build.json
# As far as a model's candidate is mended.
proven: | $(E)/verify.jsonl
$(E)/bench.tsv: | $(E)/verify.jsonl
	@tools/again.sh $(BUILD)/bench $(JUDGE) $(if $(NODEDUP)$(wildcard $(E)/nodedup),-f) -V $| \
		-L $(X)/ledger.jsonl -o $@ $(REF) $(E)/build.json $(INC)
$(E)/compare.tsv: | $(E)/bench.tsv
	@$(BUILD)/compare -d $(D) -s $(K)/settings -o $@ $|
$(E)/confirm.tsv: | $(E)/compare.tsv
	@tools/again.sh $(BUILD)/bench $(JUDGE) $(if $(NODEDUP)$(wildcard $(E)/nodedup),-f) -P $| \
		-o $@ $(REF) $(E)/build.json $(INC)
$(E)/verdict.json: | $(E)/confirm.tsv
	@tools/sanitize.sh $(D) gate $(call source,$E) $E
	@$(BUILD)/decide -o $@ -k $(K) $(E) || test $$? -eq 1
# Exit 75: the incumbent moved meanwhile. The loop sees no result.md.
decided: | $(E)/verdict.json
experiment: | $(E)/verdict.json
	@$(BUILD)/snapshot -k $(K) -e $(X) -w $(W) $(E) || test $$? -eq 75
	@$(BUILD)/summarize -e $(X)
endif
endif

.PHONY: optimize try bench verify precision quick ab sanitize audit rejudge revert adopt status doctor new import pack unpack traces export-torch
TYPED := bundle collect research inspect profile spans streams optimize loop scheduled schedule unschedule resume try bench verify precision quick ab sanitize audit rejudge revert adopt report plot serve status pack unpack traces export-torch
ifneq ($(filter $(TYPED),$(MAKECMDGOALS)),)
  ifeq ($(filter auto cpu cuda,$(DEVICE)),)
    $(error DEVICE=$(DEVICE): want auto, cpu or cuda)
  endif
  ifneq ($(words $(KERNEL))$(findstring /,$(KERNEL)),1)
    $(error KERNEL=$(KERNEL): want one name, without a slash)
  endif
  ifeq ($(wildcard $(K)/definition.json),)
    $(error KERNEL=$(KERNEL): no $(K)/definition.json; there are: $(notdir $(patsubst %/definition.json,%,$(wildcard $(KERNELS)/*/definition.json))))
  endif
endif

# What asks a kernel, not a project.
ifneq ($(filter bundle precision sanitize profile inspect research spans streams pack traces export-torch,$(MAKECMDGOALS)),)
  ifneq ($(OWN),)
    $(error KERNEL=$(KERNEL): a project, which its own commands judge: $(MAKECMDGOALS) is for kernels)
  endif
endif

optimize: tools ## propose, prove, measure, decide, record (ITERATIONS=n, PROPOSER=, CANDIDATES=n)
	$(LOCKED) tools/optimize.sh '$(MAKE_PROGRAM)' $(D)
try: ground ## judge a candidate of your own: SOLUTION=file (PROPOSAL=file: what you expect)
	$(call need,SOLUTION)
	$(LOCKED) tools/optimize.sh '$(MAKE_PROGRAM)' $(D) '$(SOLUTION)'
rejudge: ground ## judge an old experiment again, as a new one: EXP=exp_NNNN
	$(call need,EXP)
	$(LOCKED) env NODEDUP=1 tools/optimize.sh '$(MAKE_PROGRAM)' $(D) $(call source,$E)

MEASURE = tools/measure.sh $(D)
SELECT  = $(if $(filter stride,$(MODE)),stride $(STRIDE),$(MODE))
bench: ground ## prove and time the incumbent, or SOLUTION=: MODE=quick|stride|full STRIDE=n
	$(LOCKED).bench $(MEASURE) bench '$(SELECT)' '$(or $(SOLUTION),current)' current
verify: ground ## prove the incumbent, or SOLUTION=, right: MODE=, STRIDE=
	$(LOCKED).bench $(MEASURE) verify '$(SELECT)' '$(or $(SOLUTION),current)'
precision: ground ## print the bound on errors that settings should have: a line for them
	$(LOCKED).bench $(MEASURE) precision full '$(or $(SOLUTION),current)'
quick: ground ## print which workloads quick takes, and guards, for settings: within QUICK_S=20 seconds
	$(LOCKED).bench tools/quick.sh $(D) '$(or $(QUICK_S),20)'
ab: ground ## measure two solutions: A=, B=exp_NNNN|shipped|current|file MODE=cold|warm|graph
	$(call need,A)$(call need,B)
	$(LOCKED).bench $(MEASURE) bench full '$(A)' '$(B)' $(if $(filter file,$(origin MODE)),,'$(MODE)')
sanitize: ground ## run the incumbent, or SOLUTION=, under sanitizers: SANITIZERS='words' MODE=
	$(LOCKED).bench tools/sanitize.sh $(D) '$(or $(SANITIZERS),$(if $(filter cuda,$D),memcheck,address undefined))' \
		'$(or $(SOLUTION),$(call source,$K))' $(GROUND)/sanitize.jsonl \
		'$(if $(filter file,$(origin MODE)),ends,$(SELECT))'
	@! grep '"status": "[^o]' $(GROUND)/sanitize.jsonl
audit: ground ## decide again from the files, check the chain, measure current against shipped
	@$(BUILD)/audit -k $(K) -e $(X) -d $(D)
	$(LOCKED).bench $(MEASURE) bench full current shipped

INCUMBENT = $(BUILD)/incumbent -d $(D) -e $(X) -k $(K)
revert: tools ## go back to EXP=exp_NNNN|shipped
	$(call need,EXP)
	$(LOCKED) $(INCUMBENT) -r '$(EXP)'
	@$(BUILD)/summarize -e $(X)
adopt: tools ## record a hand edit of the incumbent as a baseline of its own
	$(LOCKED) $(INCUMBENT) -a
	@$(BUILD)/summarize -e $(X)
status: tools ## where all kernels stand, what is at work, and KERNEL= in more words (JSON=1)
	@$(BUILD)/status $(if $(JSON),-j) -b $(BUILD) -e $(EXPERIMENTS)
	$(if $(JSON),,@$(BUILD)/summarize -s -e $(X))
doctor: tools ## what is here, what is missing, and the remedy
	@$(BUILD)/doctor
new: tools ## start a kernel: KERNEL=name DEFINITION=file (SHAPES=table FROM=solution), or PROJECT=folder
	$(if $(filter file,$(origin KERNEL)),$(error want KERNEL=, the name of the new one))
	$(if $(PROJECT),$(foreach v,DEFINITION SHAPES FROM,$(if $($v),$(error $v= is of a kernel, PROJECT= of a project: want one of them))),$(call need,DEFINITION))
	@tools/kernel-name.sh
	@$(if $(PROJECT),tools/new-project.sh $(K) $(W) '$(PROJECT)',$(new_kernel))
new_kernel = $(BUILD)/new-kernel -d $(or $(NEW_DEVICE_$(suffix $(FROM))),$(D)) -k $(K) -w $(W) \
	$(if $(SHAPES),-s '$(SHAPES)') $(if $(FROM),-f '$(FROM)') '$(DEFINITION)'
NEW_DEVICE_.c  := cpu
NEW_DEVICE_.cu := cuda

import: tools ## take a data set's kernels, by reference: TRACE=folder (DEFINITION=names)
	$(call need,TRACE)
	@tools/import.sh $(BUILD) $(D) $(KERNELS) $(WORKLOADS) '$(TRACE)' $(DEFINITION)

PACK = @$(BUILD)/pack -d $(D) -e $(X) -k $(K) -w $(W) -o '$(or $(OUT),$(BUILD)/trace-set)' $(if $(AUTHOR),-a '$(AUTHOR)')
unpack: tools ## put a project's files that may change, of the incumbent or EXP=, into a copy of it: OUT=folder
	$(call need,OUT)
	@$(BUILD)/unpack-project -d $(D) $(K) $(call source,$(if $(EXP),$(X)/$(EXP),$K)) '$(OUT)'
pack: tools ## put the incumbent, or EXP=, into a FlashInfer-Trace set: OUT=folder AUTHOR=name
	$(PACK) $(EXP)
traces: tools ## put what its judgement measured there, as Traces: OUT= AUTHOR= EXP=
	$(PACK) -t $(EXP)

tools: $(BUILD)/ratchet_torch.h $(BUILD)/worker.py $(BUILD)/bridge.py
$(BUILD)/ratchet_torch.h: tools/torch/ratchet_torch.h | $(BUILD)
	@cp $< $@
$(BUILD)/worker.py $(BUILD)/bridge.py: $(BUILD)/%: tools/torch/solution.py tools/torch/% | $(BUILD)
	@cat $^ >$@
export-torch: tools ## make a PyTorch extension of the incumbent, or SOLUTION=: OUT=folder
	$(call need,OUT)
	@$(BUILD)/torch-package -d $(D) -k $(K) -o '$(OUT)' '$(or $(SOLUTION),$(call source,$K))'

need = $(if $($1),,$(error want $1=, see make help))
