/* slots-check - what slots.h plans for a kernel of which all is known
 *
 * slots-check cpu|cuda WORKLOADS CALL_NS CALL_S PROCESS_S LEFT_S [DONE]: prints
 * processes, pairs, calls.
 */
#include "slots.h"
#include "tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
	struct job job = {
	        .plain = 4, .processes = 8, .max_processes = 48, .pairs = 3};
	struct slots s;

	tool_start();
	if (argc != 7 && argc != 8)
		tool_usage("slots-check cpu|cuda WORKLOADS CALL_NS CALL_S "
		           "PROCESS_S LEFT_S [DONE]");
	job.is_cuda = strcmp(argv[1], "cuda") == 0;
	job.workloads.count = (size_t)atoi(argv[2]);
	slots_init(&s, &job);
	for (size_t w = 0; w < job.workloads.count; w++)
		slots_saw(&s, w, strtod(argv[4], NULL), atoi(argv[3]));
	slots_ran(&s, strtod(argv[5], NULL));
	slots_plan(&s, argc == 8 ? atoi(argv[7]) : 0, strtod(argv[6], NULL));
	printf("%d %d %d\n", s.processes, s.pairs, s.calls[0]);
	slots_free(&s);
	return EXIT_YES;
}
