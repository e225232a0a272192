/* page_parts - the sections of profile_page.c */
#ifndef PAGE_PARTS_H
#define PAGE_PARTS_H

#include "profile_page.h"

#include <stdio.h>

/* A stranger's text between backticks. */
void print_data(FILE *p, const char *text, size_t len, size_t max);

/* "M=34 N=..." of the var axes. */
void print_shape(FILE *p, const struct definition *d, const struct workload *w);

void print_counters(FILE *p, const struct profile_facts *x);
void print_kernels(FILE *p, const struct profile_facts *x);
void print_remarks(FILE *p, const struct profile_facts *x);
void print_mix(FILE *p, const struct profile_facts *x);

#endif
