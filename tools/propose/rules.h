/* rules - the constant part of a prompt: what is asked, and how to answer
 *
 * The same for every step of a kernel, so that a provider can cache it.
 */
#ifndef RULES_H
#define RULES_H

extern const char rules_coder[], rules_planner[], rules_research[];

/* What the kernel's header says to who writes a kernel, for a device; or how
 * one in Python is called. */
const char *rules_abi(const char *device, const char *language);

/* The paragraph of a direction, "" for improve; NULL for an unknown word. */
const char *rules_direction(const char *word);

#endif
