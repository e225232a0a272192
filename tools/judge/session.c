/* session - live processes that run kernels over a job's input sets */
#include "session.h"
#include "device.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct device *device_of(const struct job *job)
{
	return job->harness   ? &harness_device
	       : job->is_cuda ? &cuda_device
	                      : &cpu_device;
}

struct session *session_open(const struct job *job, struct fault *f)
{
	struct session *s = device_of(job)->open(job, f);

	if (s && job->sampling.is)
		snprintf(s->reference, sizeof s->reference,
		         "the judge's rule for sampling");
	return s;
}

void session_close(struct session *s)
{
	if (s)
		s->device->close(s);
}

int session_wait(struct session *s, struct fault *f)
{
	return s->device->wait ? s->device->wait(s, f) : 0;
}

int session_answers(const struct job *job, struct fault *f)
{
	const struct device *d = device_of(job);

	return d->answers ? d->answers(f) : 0;
}

int session_refresh(struct session *s, size_t workload, int set,
                    struct fault *f)
{
	return s->device->refresh ? s->device->refresh(s, workload, set, f) : 0;
}

struct runner *runner_start(struct session *s, enum side side, int writable,
                            struct fault *f)
{
	return s->device->start(s, side, writable, f);
}

void runner_end(struct runner *r)
{
	if (r && r->device->end)
		r->device->end(r);
}

void runner_stop(struct runner *r)
{
	if (r)
		r->device->stop(r);
}

int runner_measure(struct runner *r, size_t workload, const int *set, int count,
                   const char *mode, struct measurement *m, struct fault *f)
{
	return r->device->measure(r, workload, set, count, mode, m, f);
}

int runner_batch(struct runner *r, size_t workload, int calls,
                 struct measurement *m, struct fault *f)
{
	return r->device->batch(r, workload, calls, m, f);
}

const char *session_device_name(const struct session *s)
{
	return s->name;
}

const char *session_driver(const struct session *s)
{
	return s->driver;
}

const char *session_node(void)
{
	static char name[65];

	if (gethostname(name, sizeof name - 1) || !*name)
		return "-";
	for (char *p = name; *p; p++)
		if (*p <= ' ' || *p > '~' || strchr("\"\\", *p))
			*p = '?';
	return name;
}

const char *session_reference(const struct session *s)
{
	return s->reference;
}

const char *session_timing(const struct session *s)
{
	return s->timing;
}

int session_fits(const struct session *s)
{
	return s->fits > 1 ? s->fits : 1;
}

int64_t session_anchor_ns(struct session *s)
{
	return s->device->anchor_ns(s);
}
