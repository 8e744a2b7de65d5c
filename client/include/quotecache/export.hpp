// Marks what the shared library shows; all else is hidden.
#pragma once

#define QUOTECACHE_API __attribute__((visibility("default")))
