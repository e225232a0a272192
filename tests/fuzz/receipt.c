/* receipt - fuzz entry: what is taken from an agent's report can be true */
#include "receipt.h"
#include "input.h"

#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct receipt r;

	receipt_read((const char *)data, size, 20, &r);
	if (!isnan(r.usd) && !(r.usd >= 0 && r.usd <= 20))
		abort();
	if (r.usage.input_tokens < 0 || r.usage.output_tokens < 0 ||
	    r.usage.cache_read_tokens < 0 || r.usage.cache_write_tokens < 0)
		abort();
	if (strspn(r.session, "-") || strpbrk(r.session, " \n/\x1b"))
		abort();
	return 0;
}
