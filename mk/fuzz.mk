# Fuzzing: what strangers' bytes go through, each for FUZZ_S seconds.
FUZZ_CC     ?= clang
FUZZ_S      ?= 60
FUZZERS     := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))
FUZZ_CFLAGS := -std=c11 -D_GNU_SOURCE -g -O1 -fno-omit-frame-pointer $(WARN) \
	-fsanitize=address$(,)undefined -fno-sanitize-recover=undefined $(INCLUDES)

.PHONY: fuzz
fuzz: $(FUZZERS:%=$(BUILD)/fuzz/%.run) ## fuzz every reader, FUZZ_S=60 seconds each
$(FUZZERS:%=$(BUILD)/fuzz/%.run): $(BUILD)/fuzz/%.run: $(BUILD)/fuzz/% FORCE
	@mkdir -p $(BUILD)/fuzz/corpus/$*
	@$< -max_total_time=$(FUZZ_S) -max_len=4096 -timeout=10 -print_final_stats=1 \
		-artifact_prefix=$<- $(BUILD)/fuzz/corpus/$* $(wildcard tests/fuzz/seeds/$* tests/malformed/$*) \
		>$<.log 2>&1 || { tail -n 40 $<.log; exit 1; }
	@awk '/number_of_executed/ { n = $$2 } /cov:/ { c = $$0; sub(/.*cov: /, "", c); sub(/ .*/, "", c) } \
		END { print "$*: " n " runs, " c " edges, no finding" }' $<.log

$(FUZZERS:%=$(BUILD)/fuzz/%): $(BUILD)/fuzz/%: tests/fuzz/%.c $(BUILD)/fuzz/modules.a
	$(FUZZ_CC) $(FUZZ_CFLAGS) -fsanitize=fuzzer -MMD -MP -o $@ $(filter %.c %.a,$^) $(LIBS)
$(BUILD)/fuzz/modules.a: $(MODULES:%=$(BUILD)/fuzz/objects/%.o)
	@rm -f $@
	$(AR) rcs $@ $^
$(BUILD)/fuzz/objects/%.o: %.c
	@mkdir -p $(@D)
	$(FUZZ_CC) $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<
-include $(wildcard $(BUILD)/fuzz/*.d $(BUILD)/fuzz/objects/*.d)
