#pragma once

// What libFuzzer offers to programs that have a main function of their own; LLVM has no header for it.

#include <stddef.h>
#include <stdint.h>

// Calls `run` with one input after the other, as the arguments say.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*run)(const uint8_t *bytes, size_t count));

// Changes an input of `count` bytes in one of libFuzzer's own ways; returns how many there are then, at most `limit`.
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t count, size_t limit);
