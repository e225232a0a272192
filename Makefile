# Ratchet: propose, compile, prove, measure, decide, record. `make help` lists the targets.
PREFIX   ?= /usr/local
CC       ?= cc
NVCC     ?= $(shell command -v nvcc || ls /usr/local/cuda/bin/nvcc 2>/dev/null)
CFLAGS   ?= -O2 -g
BUILD    := build$(if $(SANITIZE),/sanitize)
, := ,
FOLDERS  := $(patsubst %/,%,$(wildcard tools/*/))
INCLUDES := -Ikernels/include $(FOLDERS:%=-I%)
vpath %.c tools $(FOLDERS)

# Never -ffast-math: it removes the checks for NaN. No contraction: the
# generator must give the same numbers here and on a GPU.
WARN     := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wmissing-prototypes \
	-Wstrict-prototypes -Wformat=2 -Wvla -Wwrite-strings
ALL_CFLAGS := -std=c11 -D_GNU_SOURCE -fPIC -ffp-contract=off $(WARN) $(CFLAGS) \
	$(if $(SANITIZE),-fsanitize=address$(,)undefined -fno-omit-frame-pointer) \
	$(INCLUDES)
# A library beside a program is its own, and that of what it loads: see
# mk/runner.mk.
LIBS     := -Wl,-rpath,'$$ORIGIN',--disable-new-dtags -Wl,--as-needed $(shell pkg-config --libs libcjson libcurl 2>/dev/null || echo -lcjson -lcurl) -lz -lm -ldl

# Each tools/*.c is a program, each tools/*/*.c a module of them all.
# Root's jail runs them as nobody, whatever root's umask was.
PROGRAMS := $(basename $(notdir $(wildcard tools/*.c)))
MODULES  := $(basename $(notdir $(wildcard tools/*/*.c)))
TOOLS    := $(PROGRAMS:%=$(BUILD)/%) $(BUILD)/bridge.so $(if $(NVCC),$(BUILD)/device.fatbin)

MAKEFLAGS += -r
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: FORCE all tools help clean
all: tools

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "%-15s %s\n",$$1,$$2}' $(MAKEFILE_LIST)

tools: $(TOOLS) ## build the programs
$(PROGRAMS:%=$(BUILD)/%): $(BUILD)/%: $(BUILD)/%.o $(BUILD)/modules.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(if $(filter capture launcher worker,$(@F)),-rdynamic) -o $@ $^ $(LIBS)
	@chmod a+rx $@
# For Python, which our programs call back: capture and launcher as a library.
$(BUILD)/bridge.so: $(BUILD)/bridge.o $(BUILD)/modules.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -shared -Wl,--exclude-libs,ALL -o $@ $^ $(LIBS)
$(BUILD)/modules.a: $(MODULES:%=$(BUILD)/%.o)
	@rm -f $@
	$(AR) rcs $@ $^
$(BUILD)/%.o: %.c $(BUILD)/flags
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/device.fatbin: tools/cuda/device.cu tools/core/random.h tools/judge/check.h $(BUILD)/flags
	$(NVCC) -std=c++17 -O2 -fmad=false $(INCLUDES) $(DEVICE_ARCH) -fatbin -o $@ $<
$(BUILD)/flags: FORCE | $(BUILD)
	@echo '$(CC) $(ALL_CFLAGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS)' >$@
$(BUILD):
	@mkdir -p $@
# An old build folder still names where a source was before it moved.
tools/%.c: ;
-include $(wildcard $(BUILD)/*.d)
include mk/experiment.mk $(filter-out mk/experiment.mk,$(sort $(wildcard mk/*.mk)))

# sm_75 to sm_120, and PTX for what comes after.
DEVICE_ARCH := $(foreach a,75 80 86 89 90 100 120,-gencode=arch=compute_$(a)$(,)code=sm_$(a)) \
	-gencode=arch=compute_120$(,)code=compute_120

clean: ## remove what was built (never experiments)
	rm -rf build
