/* launcher - runs kernels on the GPU for the judge (not for people) */
#include "reference.h"
#include "side.h"
#include "tool.h"

#include <string.h>

int main(int argc, char **argv)
{
	tool_start();
	if (argc == 3 && !strcmp(argv[1], "reference"))
		reference_serve(argv[2]);
	else if (argc == 2 && !strcmp(argv[1], "side"))
		side_serve(0);
	else if (argc == 2 && !strcmp(argv[1], "side-writable"))
		side_serve(1);
	else
		tool_usage("launcher reference JOB | side | side-writable");
	return EXIT_YES;
}
