/* usage - what a server says that a request took, in tokens */
#include "usage.h"

int64_t usage_tokens(const struct usage *u)
{
	return u->input_tokens + u->output_tokens + u->cache_read_tokens +
	       u->cache_write_tokens;
}

void usage_add(struct usage *sum, const struct usage *u)
{
	sum->input_tokens += u->input_tokens;
	sum->output_tokens += u->output_tokens;
	sum->cache_read_tokens += u->cache_read_tokens;
	sum->cache_write_tokens += u->cache_write_tokens;
}
