/* reference - the launcher that knows what is right
 *
 * It draws the inputs and runs the trusted reference on them. Both the inputs
 * and what is expected it keeps in memory of its own; other launchers get
 * copies of the inputs, and it compares their outputs.
 */
#ifndef REFERENCE_H
#define REFERENCE_H

#include "ratchet_abi.h"

#define REFERENCE_SOCKET 3 /* the descriptor that it is started with */

/* Serves the judge until it hangs up. run is the trusted reference; NULL: the
 * job's shared object has it. */
void reference_serve(const char *job_dir, ratchet_kernel *run);

/* Answers once, by what the device can do. */
void probe_serve(void);

#endif
