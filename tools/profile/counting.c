/* counting - what a device counts while it runs a candidate */
#include "counting.h"
#include "counters.h"
#include "disassembly.h"
#include "file.h"
#include "memory.h"
#include "tool.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The workload of the list that one of the job is; NULL for a hidden one. */
static const struct workload *same(const struct workload_list *list,
                                   const char *uuid)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->item[i].uuid, uuid))
			return &list->item[i];
	return NULL;
}

static int count_on_gpu(struct session *s, const char *ncu, size_t workload,
                        struct counted *c, struct fault *f)
{
	char *metrics = ncu_metrics();
	char *text = counters_read(s, ncu, metrics, workload, f);
	int failed = text ? ncu_parse(text, &c->ncu, f) : -1;

	free(text);
	free(metrics);
	return failed;
}

static void count(struct session *s, const struct job *job, const char *ncu,
                  const struct workload_list *list, struct counting *out)
{
	struct fault f;
	int failed = 0;

	/* After those that were chosen come hidden ones. */
	for (size_t i = 0; i < job->workloads.count && i < COUNTED; i++) {
		struct counted *c = &out->item[i];

		c->workload = same(list, job->workloads.item[i].uuid);
		if (!c->workload || failed)
			break;
		failed = job->is_cuda
		                 ? count_on_gpu(s, ncu, i, c, &f)
		                 : cpu_counters_read(s, job, i, &c->cpu, &f);
		out->count += !failed;
	}
	if (failed)
		out->reason = xstrdup(f.text);
}

static void count_in(const char *dir, const struct job_parts *parts,
                     const struct workload_list *list, const char *ncu,
                     struct counting *out)
{
	struct session *s = NULL;
	struct job *job = NULL;
	struct fault f;

	if (job_write(dir, parts, &f) == 0 && (job = job_read(dir, &f)))
		s = session_open(job, &f);
	if (!s)
		out->reason = xstrdup(f.text);
	if (s && job->is_cuda)
		out->copy_gb_s = counters_copy_gb_s(s);
	if (s && job->is_cuda && !ncu)
		out->reason = xstrdup("ncu: not found; install Nsight Compute");
	else if (s)
		count(s, job, ncu, list, out);
	session_close(s);
	if (job)
		job_free(job);
}

void counting_do(const struct job_parts *parts,
                 const struct workload_list *list, const char *ncu,
                 struct counting *out)
{
	struct job_parts ends = *parts;
	char dir[] = "/tmp/ratchet-profile-XXXXXX";
	char *found = ncu ? xstrdup(ncu) : counters_find();

	*out = (struct counting){.count = 0};
	if (!parts->reference) {
		out->reason = xstrdup("no reference was given");
	} else if (!mkdtemp(dir)) {
		err(EXIT_TROUBLE, "%s", dir);
	} else {
		ends.select = "ends";
		ends.phase = PHASE_VERIFY;
		count_in(dir, &ends, list, found, out);
		if (dir_remove(dir))
			warn("%s", dir);
	}
	if (out->count && out->item[0].ncu.count)
		out->tool = disassembler_version(found);
	free(found);
}

void counting_free(struct counting *c)
{
	for (size_t i = 0; i < c->count; i++)
		ncu_free(&c->item[i].ncu);
	free(c->reason);
	free(c->tool);
	*c = (struct counting){.count = 0};
}
