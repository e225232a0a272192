# Tests: bats files, and the test programs that some of them run.
TEST_PROGRAMS := $(patsubst tests/programs/%.c,$(BUILD)/tests/%,$(wildcard tests/programs/*.c))
TESTS         :=

.PHONY: test test-programs
test: tools test-programs ## run the tests (SANITIZE=1: with sanitizers, TESTS=files)
	@ASAN_OPTIONS=abort_on_error=0:exitcode=99 \
	UBSAN_OPTIONS=halt_on_error=1:exitcode=99:print_stacktrace=1 \
	BUILD=$(abspath $(BUILD)) tests/run $(TESTS)

# What the judge must refuse, and what it must not: with the kernels' full
# budgets, on an idle machine.
.PHONY: test-judge
test-judge: tools ## judge tests/cheats and tests/controls (DEVICE=cuda, CHEATS=names, KEEP=folder)
	@BUILD=$(abspath $(BUILD)) SANDBOX='$(SANDBOX)' KEEP='$(KEEP)' \
		tests/judge-cheats.sh $(D) $(CHEATS)

test-programs: $(TEST_PROGRAMS)
$(BUILD)/tests/%: tests/programs/%.c $(BUILD)/modules.a $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $< \
		$(BUILD)/modules.a $(LIBS)
# What it gives to kernels, the kernels' loader must find.
$(BUILD)/tests/call: LDFLAGS += -rdynamic
-include $(wildcard $(BUILD)/tests/*.d)
