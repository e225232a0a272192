/* frame - what stands around every page: head, style, script, end
 *
 * A page is one file that asks for nothing: its style and script are in it, and
 * its content security policy allows these two, by their hashes, and nothing
 * else. Both lie beside the programs as page.css and page.js.
 */
#ifndef FRAME_H
#define FRAME_H

#include "fault.h"

#include <stdio.h>

/* Returns -1 with the fault set. */
int frame_begin(FILE *p, const char *title, struct fault *f);
int frame_end(FILE *p, struct fault *f);

#endif
