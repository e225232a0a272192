/* side - a launcher that runs one kernel's plan: resets, times, hands back
 *
 * Its host code is the judge's own; of the kernel there is only device code.
 */
#ifndef SIDE_H
#define SIDE_H

/* The descriptors that it is started with. */
enum { SIDE_SOCKET = 3, SIDE_LAYOUT, SIDE_PLAN, SIDE_CUBIN };
/* SIDE_CUBIN is empty where nothing was built: then all is in the plan. */

enum side_mode {
	SIDE_TIMED,
	SIDE_WRITABLE, /* inputs are mapped writable */
	SIDE_CHECKED,  /* under a tool: of the judge's own device code nothing
	                  runs, and nothing is reset */
};

/* Serves the judge until it hangs up. */
void side_serve(enum side_mode mode);

#endif
