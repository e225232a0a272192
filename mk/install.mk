# The programs go to a folder of their own: names like compare are taken.
LIBEXEC := $(DESTDIR)$(PREFIX)/libexec/ratchet
INCLUDE := $(DESTDIR)$(PREFIX)/include/ratchet
MANUAL  := $(DESTDIR)$(PREFIX)/share/man

.PHONY: install
install: tools ## install under PREFIX (/usr/local), itself beneath DESTDIR
	install -d $(LIBEXEC) $(INCLUDE) $(DESTDIR)$(PREFIX)/bin $(foreach n,1 5 7,$(MANUAL)/man$n)
	install -m 755 $(filter-out %.fatbin,$(TOOLS)) $(LIBEXEC)
	cp -R $(BUILD)/node $(BUILD)/node.hash $(RUNNERS) $(SHARED) $(LIBEXEC)
	$(if $(filter %.fatbin,$(TOOLS)),install -m 644 $(filter %.fatbin,$(TOOLS)) $(LIBEXEC))
	install -m 644 tools/spend/prices.tsv tools/torch/ratchet_torch.h $(BUILD)/worker.py $(BUILD)/bridge.py \
		tools/page/page.css tools/page/page.js $(LIBEXEC)
	install -m 755 tools/ratchet.sh $(DESTDIR)$(PREFIX)/bin/ratchet
	install -m 644 kernels/include/*.h $(INCLUDE)
	$(foreach n,1 5 7,install -m 644 man/*.$n $(MANUAL)/man$n;)
