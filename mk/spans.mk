# What CUPTI says about a kernel's calls, for comparison with others that ask it.
CUPTI ?= $(dir $(NVCC))../extras/CUPTI
CUPTI_LIBRARY = $(dir $(firstword $(wildcard $(CUPTI)/lib64/libcupti.so \
	$(dir $(NVCC))../lib64/libcupti.so) libcupti.so))
SPANS  = $(BUILD)/spans-of/$(KERNEL)

.PHONY: spans
spans: ground $(BUILD)/span ## CUPTI's times of the incumbent, or SOLUTION=, with DEVICE=cuda: experiments/K/spans.tsv
	@mkdir -p $(SPANS) $(X)
	@$(COMPILE) -o $(SPANS)/build.json $(K) '$(or $(SOLUTION),$(call source,$K))'
	@$(BUILD)/span $(BUILD)/cache $(K) $(W) $(SPANS)/build.json $(REF) >$(SPANS)/spans.tsv
	@mv $(SPANS)/spans.tsv $(X)/spans.tsv
	@cat $(X)/spans.tsv

.PHONY: streams
streams: ground $(BUILD)/streams ## is the incumbent, or SOLUTION=, right on two streams at once? with DEVICE=cuda
	@mkdir -p $(SPANS)
	@$(COMPILE) -o $(SPANS)/build.json $(K) '$(or $(SOLUTION),$(call source,$K))'
	@$(BUILD)/streams $(BUILD)/cache $(K) $(W) $(SPANS)/build.json $(REF)

$(BUILD)/span: tests/gpu/span.c $(BUILD)/direct.o $(BUILD)/spans.o $(BUILD)/anchors.fatbin $(BUILD)/modules.a
	$(CC) $(ALL_CFLAGS) -Itests/gpu $(LDFLAGS) -rdynamic -o $@ $(filter-out %.fatbin,$^) \
		-L$(CUPTI_LIBRARY) -lcupti -Wl,-rpath,$(CUPTI_LIBRARY) $(LIBS)
# Kernels find the stream in it, and no memory.
$(BUILD)/streams: tests/gpu/streams.c $(BUILD)/direct.o $(BUILD)/modules.a
	$(CC) $(ALL_CFLAGS) -Itests/gpu $(LDFLAGS) \
		-Wl,--export-dynamic-symbol=TVMFFI* -o $@ $^ $(LIBS)
$(BUILD)/direct.o: tests/gpu/direct.c tests/gpu/direct.h
	$(CC) $(ALL_CFLAGS) -c -o $@ $<
$(BUILD)/spans.o: tests/gpu/spans.c tests/gpu/spans.h
	$(CC) -std=c11 -O2 -I$(CUPTI)/include -I$(dir $(NVCC))../include -c -o $@ $<
$(BUILD)/anchors.fatbin: tests/gpu/anchors.cu
	$(NVCC) $(DEVICE_ARCH) -fatbin -o $@ $<
