/* side - a launcher that runs one kernel's plan: resets, times, hands back
 *
 * Its host code is the judge's own; of the kernel there is only device code.
 */
#ifndef SIDE_H
#define SIDE_H

/* The descriptors that it is started with. */
enum { SIDE_SOCKET = 3, SIDE_LAYOUT, SIDE_PLAN, SIDE_CUBIN };

/* Serves the judge until it hangs up. writable: map inputs writable. */
void side_serve(int writable);

#endif
