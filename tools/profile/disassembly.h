/* disassembly - compiled code as text, by a tool in the jail
 *
 * The code is a stranger's, and so are the bytes that the tool chokes on.
 */
#ifndef DISASSEMBLY_H
#define DISASSEMBLY_H

#include "fault.h"

#define DISASSEMBLY_MAX ((size_t)64 << 20) /* of text */

/* The path of cuobjdump or objdump: on PATH, or where CUDA is installed; NULL
 * if it is not here. Caller frees. */
char *disassembler_find(const char *name);

/* "objdump: GNU objdump (GNU Binutils for Debian) 2.40". Caller frees. */
char *disassembler_version(const char *tool);

/* The text that "TOOL OPTIONS... FILE" prints; options end with NULL. A
 * program does this once: it uses the workshop. Caller frees. NULL with the
 * fault set. */
char *disassemble(const char *tool, const char *const *options,
                  const char *file, struct fault *f);

#endif
