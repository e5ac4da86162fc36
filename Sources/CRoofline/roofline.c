#include "roofline.h"

#include <stdio.h>

// The archives of libjpeg and libpng, which are made for programs, take stderr to lie in the program itself, where a
// library's is not. Tools/make_library.sh has them look here.
__attribute__((visibility("hidden"))) FILE *libroofline_stderr;
__attribute__((constructor)) static void find_stderr(void) { libroofline_stderr = stderr; }
