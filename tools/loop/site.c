/* site - where a kernel's experiments are made, and what they stand on */
#include "site.h"
#include "memory.h"
#include "proposal.h"

#include <stdlib.h>
#include <string.h>

int site_read(struct site *s, struct fault *f)
{
	struct ground *g = &s->ground;
	char *path = xasprintf("%s/ledger.jsonl", s->experiments);
	int failed = ledger_read(path, &s->ledger, f) ||
	             incumbent_read(g->kernel_dir, g->device, &s->ledger,
	                            &g->incumbent, f) ||
	             build_read(s->build, &g->build, f);

	free(path);
	if (failed)
		return -1;
	s->published = s->ledger.count;
	if (!g->build.ok)
		return fault_set(f,
		                 "%s: the incumbent does not compile: see %s",
		                 g->incumbent.path, s->build);
	if (strcmp(g->build.source_sha256, g->incumbent.source) != 0)
		return fault_set(f, "%s: not the build of %s: run build-kernel",
		                 s->build, g->incumbent.path);
	return 0;
}

int site_add_shipped(struct site *s, struct fault *f)
{
	char *path = source_find(s->experiments, "shipped", s->ground.device);
	char hex[SHA256_HEX];
	struct proposal p;
	int failed = 0;

	if (path)
		failed = proposal_from_file(path, s->ground.device, &p, f);
	if (path && !failed) {
		sha256_hex(p.source, p.len, hex);
		ledger_add_pending(&s->ledger, "shipped", s->ground.device, hex,
		                   p.knobs);
		proposal_free(&p);
	}
	free(path);
	return failed;
}
