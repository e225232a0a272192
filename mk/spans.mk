# What CUPTI says about a kernel's calls, for comparison with others that ask it.
CUPTI ?= $(dir $(NVCC))../extras/CUPTI
CUPTI_LIBRARY = $(dir $(firstword $(wildcard $(CUPTI)/lib64/libcupti.so \
	$(dir $(NVCC))../lib64/libcupti.so) libcupti.so))
SPANS  = $(BUILD)/spans-of/$(KERNEL)

.PHONY: spans streams
spans: $(SPANS)/build.json $(BUILD)/span ## CUPTI's times of the incumbent, with DEVICE=cuda: experiments/K/spans.tsv; of SOLUTION=: printed
	@mkdir -p $(X)
	@$(BUILD)/span $(BUILD)/cache $(K) $(W) $(SPANS)/build.json $(REF) >$(SPANS)/spans.tsv
	@cat $(SPANS)/spans.tsv
	$(if $(SOLUTION),,@mv $(SPANS)/spans.tsv $(X)/spans.tsv)
streams: $(SPANS)/build.json $(BUILD)/streams ## is the incumbent, or SOLUTION=, right on two streams at once? with DEVICE=cuda
	@$(BUILD)/streams $(BUILD)/cache $(K) $(W) $(SPANS)/build.json $(REF)

$(SPANS)/build.json: ground
	@mkdir -p $(@D)
	@$(COMPILE) -o $@ $(K) '$(or $(SOLUTION),$(call source,$K))'

$(BUILD)/span: tests/gpu/span.c $(BUILD)/direct.o $(BUILD)/spans.o $(BUILD)/anchors.fatbin $(BUILD)/modules.a
	$(CC) $(ALL_CFLAGS) -Itests/gpu $(LDFLAGS) -rdynamic -o $@ $(filter-out %.fatbin,$^) \
		-L$(CUPTI_LIBRARY) -lcupti -Wl,-rpath,$(CUPTI_LIBRARY) $(LIBS)
# Kernels find the stream in it, and no memory.
$(BUILD)/streams: tests/gpu/streams.c $(BUILD)/direct.o $(BUILD)/modules.a
	$(CC) $(ALL_CFLAGS) -Itests/gpu $(LDFLAGS) \
		'-Wl,--export-dynamic-symbol=TVMFFI*' -o $@ $^ $(LIBS)
vpath direct.c tests/gpu
$(BUILD)/spans.o: tests/gpu/spans.c tests/gpu/spans.h
	$(CC) -std=c11 -O2 -I$(CUPTI)/include -I$(dir $(NVCC))../include -c -o $@ $<
$(BUILD)/anchors.fatbin: tests/gpu/anchors.cu
	$(NVCC) $(DEVICE_ARCH) -fatbin -o $@ $<
