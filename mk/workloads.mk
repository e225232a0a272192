# Workloads whose tensors are made, each list from a table beside it.
.PHONY: workloads
workloads: $(BUILD)/dsa ## make the lists and tensors of workloads/dsa*.tsv again
	@for table in workloads/dsa*.tsv; do $< workloads $$(basename $$table .tsv) || exit; done
$(BUILD)/dsa: workloads/dsa.c $(BUILD)/modules.a $(BUILD)/flags
	$(CC) $(ALL_CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $< $(BUILD)/modules.a $(LIBS)
test-programs: $(BUILD)/dsa
