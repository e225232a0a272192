/* base - base.json: what an experiment was made from */
#include "base.h"

#include <time.h>

int base_read(const char *path, struct base *out, struct fault *f)
{
	json *d = json_read(path, f);
	const json *hashes = json_get(d, "hashes");

	*out = (struct base){.document = d};
	if (!d)
		return -1;
	if (json_want_string(d, "experiment", path, &out->experiment, f) ||
	    json_want_string(d, "kernel", path, &out->kernel, f) ||
	    json_want_string(d, "device", path, &out->device, f) ||
	    json_want_string(d, "proposer", path, &out->proposer, f) ||
	    json_want_string(d, "incumbent", path, &out->incumbent, f) ||
	    json_want_string(d, "created_at", path, &out->created_at, f))
		goto failed;
	if (!json_is_object(hashes)) {
		fault_set(f, "%s:%ld: want hashes to be an object", path,
		          json_line(d));
		goto failed;
	}
	if (json_want_string(hashes, "source", path, &out->source, f) ||
	    json_want_string(hashes, "incumbent_source", path,
	                     &out->incumbent_source, f) ||
	    json_want_string(hashes, "incumbent_object", path,
	                     &out->incumbent_object, f))
		goto failed;
	out->knobs = json_get(d, "knobs");
	return 0;
failed:
	base_free(out);
	return -1;
}

void base_free(struct base *b)
{
	json_free(b->document);
	*b = (struct base){0};
}

void time_text(char out[TIME_TEXT])
{
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(out, TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm);
}
