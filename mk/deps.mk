# What must be on the machine. DEV=1 adds what only the checks of style use.
.PHONY: deps
deps: ## install what is missing (Debian, Ubuntu; says what; DEV=1 for development)
	@CC='$(CC)' DEV='$(DEV)' tools/deps.sh

# `make -j deps test` must not build before the compiler is there.
ifneq ($(filter deps,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif
