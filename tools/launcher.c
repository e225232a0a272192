/* launcher - runs kernels on the GPU for the judge (not for people) */
#include "reference.h"
#include "side.h"
#include "tool.h"

#include <string.h>

int main(int argc, char **argv)
{
	tool_start();
	if (argc == 3 && !strcmp(argv[1], "reference"))
		reference_serve(argv[2], NULL);
	else if (argc == 2 && !strcmp(argv[1], "side"))
		side_serve(SIDE_TIMED);
	else if (argc == 2 && !strcmp(argv[1], "side-writable"))
		side_serve(SIDE_WRITABLE);
	else if (argc == 2 && !strcmp(argv[1], "side-checked"))
		side_serve(SIDE_CHECKED);
	else if (argc == 2 && !strcmp(argv[1], "probe"))
		probe_serve();
	else
		tool_usage("launcher reference JOB | side | side-writable | "
		           "side-checked | probe");
	return EXIT_YES;
}
