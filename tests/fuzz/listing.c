/* listing - fuzz entry: any bytes as what tools say of compiled code */
#include "bottleneck.h"
#include "input.h"
#include "mix.h"
#include "plain.h"
#include "ptxas.h"
#include "remarks.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = calloc(size + 1, 1);
	struct ncu_report ncu;
	struct ptxas ptxas;
	struct remarks remarks;
	struct mix mix;
	struct fault f;

	memcpy(text, data, size);
	mix_of_sass(text, &mix);
	for (size_t i = 0; i < mix.count; i++)
		free(plain(mix.item[i].name, mix.item[i].name_len, 40));
	mix_free(&mix);
	mix_of_x86(text, &mix);
	for (size_t i = 0; i < mix.count; i++)
		free(plain(mix.item[i].name, mix.item[i].name_len, 40));
	mix_free(&mix);
	ptxas_parse(text, &ptxas);
	for (size_t i = 0; i < ptxas.count; i++)
		free(plain(ptxas.item[i].name, ptxas.item[i].name_len, 40));
	remarks_parse(text, &remarks);
	if (ncu_parse(text, &ncu, &f) == 0) {
		for (size_t i = 0; i < ncu.count; i++)
			free(bottleneck(&ncu.item[i]));
		ncu_free(&ncu);
	}
	free(text);
	return 0;
}
