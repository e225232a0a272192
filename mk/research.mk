# Research: what to try next, from the records.
.PHONY: research
research: ground ## have a plan made from the records: PROPOSER=anthropic, openai, claude, command
	$(LOCKED).research tools/research.sh $(D)
