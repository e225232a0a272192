# Day and night: a loop until told to stop, a schedule by cron.
# EVERY: between runs, as 30s, 15m, 2h, 1d; longer while nothing is accepted.
# DISK_MB: what the build cache and a kernel's records may take.
# CRONTAB: crontab(1), as in CRONTAB='crontab -u somebody'.
export EVERY DISK_MB CRONTAB

# What was typed after make is said again by each run of the schedule;
# mk/spend.mk has made ON_ACCEPT its own.
typed = $(foreach v,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $v))),$v))
said  = $(sort KERNEL DEVICE EVERY $(if $(ON_ACCEPT),ON_ACCEPT) $(filter-out CRONTAB,$(typed)))

.PHONY: loop scheduled schedule unschedule resume
loop: tools ## experiments until Ctrl-C (EVERY=10s between them, and what optimize takes)
	@tools/locked.sh -n $(BUILD)/lock/$(KERNEL).$(D).loop tools/loop.sh '$(MAKE_PROGRAM)' $(D)
scheduled: tools ## one run of a schedule: what cron starts
	@tools/locked.sh -n $(BUILD)/lock/$(KERNEL).$(D).loop tools/loop.sh '$(MAKE_PROGRAM)' $(D) scheduled
schedule: tools ## have cron make experiments: EVERY=15m (and what optimize takes)
	$(call need,EVERY)
	@DEVICE=$(D) tools/schedule.sh '$(MAKE_PROGRAM)' $(D) $(said)
unschedule: tools ## take that line out of the crontab
	@tools/schedule.sh '$(MAKE_PROGRAM)' $(D)
resume: tools ## let loops go on that stopped themselves: says why they did
	@cat $(X)/stopped.$(D) 2>/dev/null || echo 'nothing is stopped: $(KERNEL) on $(D)'
	@rm -f $(X)/stopped.$(D)
