#ifndef FILES_NOTES_H
#define FILES_NOTES_H

// What to say of an address that nothing stands behind; NULL if it is not that of a mapped file.
const char *files_complaint(const void *address);

#endif
