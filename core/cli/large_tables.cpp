#include <malloc.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <new>

#include "large_tables.hpp"

// The program's own operator new; what it gives is freed by the C library's free, as ever. Sanitizers have
// their own, and so has clang, which builds for fuzzing alone.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__clang__)
namespace {

constexpr std::size_t kLargePage = 2 << 20, kLarge = 2 * kLargePage;

/// Memory in large pages, where the system has some; there are 512 faults fewer for each.
void* large(std::size_t size) {
  if (size > PTRDIFF_MAX) return nullptr;
  void* memory = std::aligned_alloc(kLargePage, (size + kLargePage - 1) / kLargePage * kLargePage);
  if (memory) madvise(memory, size, MADV_HUGEPAGE);
  return memory;
}

}  // namespace

void* operator new(std::size_t size) {
  for (;;) {
    void* memory = size < kLarge ? std::malloc(size > 0 ? size : 1) : large(size);
    if (memory) return memory;
    const auto handler = std::get_new_handler();
    if (!handler) throw std::bad_alloc();
    handler();
  }
}
#endif

namespace alidade::cli {

void keep_tables_apart() { mallopt(M_MMAP_THRESHOLD, 1 << 20); }

}  // namespace alidade::cli
