.PHONY: benchmark-tools
benchmark-tools: tools $(BUILD)/tests/measure ## what the tools themselves cost, in seconds and memory
	@BUILD=$(abspath $(BUILD)) tests/benchmark
