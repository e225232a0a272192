/* side - a launcher that runs one kernel's plan: resets, times, hands back
 *
 * Its host code is the judge's own; of the kernel there is only device code,
 * unless it is one of the host-timed class.
 */
#ifndef SIDE_H
#define SIDE_H

#include "ratchet_abi.h"

/* The descriptors that it is started with. SIDE_CUBIN is empty where nothing
 * was built: then all is in the plan. */
enum { SIDE_SOCKET = 3, SIDE_LAYOUT, SIDE_PLAN, SIDE_CUBIN };
#define SIDE_KERNEL SIDE_PLAN /* of SIDE_HOST: a shared object */

enum side_mode {
	SIDE_TIMED,
	SIDE_WRITABLE, /* inputs are mapped writable */
	SIDE_HOST,     /* runs a kernel's own host code: a stranger's process */
	SIDE_HOST_WRITABLE,
	SIDE_CHECKED, /* under a tool: of the judge's own device code nothing
	                 runs, and nothing is reset */
};

/* Serves the judge until it hangs up. run: of SIDE_HOST; NULL: the shared
 * object's. */
void side_serve(enum side_mode mode, ratchet_kernel *run);

#endif
