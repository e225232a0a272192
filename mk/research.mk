# Research: what to try next, from the records.
.PHONY: research
research: tools ## have a plan made from the records: PROPOSER=anthropic, openai, claude, command
	$(LOCKED).research tools/research.sh $(D)
