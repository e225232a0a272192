/* structure - what two sources share that differ in knobs' values alone */
#include "structure.h"
#include "file.h"
#include "knobs.h"
#include "lineage.h"
#include "memory.h"
#include "verdict.h"

#include <stdlib.h>
#include <string.h>

struct structure {
	char hash[SHA256_HEX]; /* "" where the source is lost */
};

/* The hash of a source with each knob at its first value. */
static void structure_hash(const char *source, char out[SHA256_HEX])
{
	static const int first[MAX_KNOBS];
	struct knobs *k = xcalloc(1, sizeof *k);
	struct fault ignored;
	char *text;

	if (knobs_read(source, "", k, &ignored))
		k->count = 0; /* not tunable: its text is its structure */
	text = knobs_render(source, k, first);
	sha256_hex(text, strlen(text), out);
	free(text);
	free(k);
}

/* Of the source of "shipped" or of an experiment. */
static struct structure structure_of(const char *experiments,
                                     const char *device, const char *name)
{
	int is_shipped = strcmp(name, "shipped") == 0;
	char *dir = xasprintf("%s%s%s", experiments, is_shipped ? "" : "/",
	                      is_shipped ? "" : name);
	char *path =
	        source_find(dir, is_shipped ? "shipped" : "solution", device);
	char *source = path ? file_read(path, SOURCE_MAX, NULL) : NULL;
	struct structure s = {""};

	if (source)
		structure_hash(source, s.hash);
	free(source);
	free(path);
	free(dir);
	return s;
}

static int became_incumbent(const struct ledger_entry *e)
{
	return strcmp(e->outcome, OUTCOME_ACCEPT) == 0 ||
	       strcmp(e->outcome, OUTCOME_ADOPT) == 0;
}

void structures_compare(const char *experiments, const char *device,
                        const struct ledger *l, const struct link *link,
                        unsigned char *is_older)
{
	struct structure shipped = structure_of(experiments, device, "shipped");
	struct structure *of = xcalloc(l->count, sizeof *of), present = shipped;

	for (size_t i = 0; i < l->count; i++) {
		const struct ledger_entry *e = &l->item[i];
		long base = link[i].incumbent;

		if (strcmp(e->device, device) != 0)
			continue;
		if (became_incumbent(e))
			of[i] = structure_of(experiments, device,
			                     e->experiment);
		else
			of[i] = base < 0 ? shipped : of[base];
		if (ledger_is_baseline(e))
			present = of[i];
	}
	for (size_t i = 0; i < l->count; i++)
		is_older[i] = strcmp(l->item[i].device, device) != 0 ||
		              !of[i].hash[0] ||
		              strcmp(of[i].hash, present.hash) != 0;
	free(of);
}
