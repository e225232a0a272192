# The prompts of the kernels that we ship, to be read and compared.
.PHONY: prompts
prompts: tools test-programs ## write tests/prompts anew: what a model is asked about each kernel
	@BUILD=$(BUILD) tests/prompts.sh tests/prompts
