#ifndef CFILES_H
#define CFILES_H

#include <stddef.h>

// What a signal handler must know of the files of this process, whatever the threads are doing: files that are not
// finished, and memory that stands for a file.

typedef struct files_note files_note;

// Remembers a file that is not finished. NULL if memory is short.
files_note *files_note_part(const char *path);

// Remembers memory that is mapped to a file, and what to say should the file end before the memory does.
files_note *files_note_mapping(const void *start, size_t count, const char *complaint);

// Forgets either; NULL is nothing.
void files_forget(files_note *note);

// Removes the files that are not finished.
void files_remove_parts(void);

// Has a fatal signal remove the files that are not finished before it ends the process. Where it came of a file that
// was cut short while it was mapped, that is said and the status is 1; where memory is limited and was asked for in
// vain, likewise.
void files_handle_fatal_signals(void);

#endif
