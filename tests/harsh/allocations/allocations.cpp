#include "harsh/allocations/allocations.hpp"

#include <openssl/crypto.h>

#include <execinfo.h>
#include <unistd.h>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

// glibc's own names for what this program puts itself in front of.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

namespace {

// No constructor may run before the first allocation of the process.
constinit std::atomic<std::uint64_t> ours{0};
constinit std::atomic<std::uint64_t> openssls{0};
constinit std::atomic<bool> watching{false};

void count_ours() noexcept {
  ours.fetch_add(1, std::memory_order_relaxed);
  if (watching.load(std::memory_order_relaxed)) amend::test::watched_allocation();
}

void* openssl_malloc(std::size_t size, const char*, int) {
  openssls.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(size);
}

void* openssl_realloc(void* block, std::size_t size, const char*, int) {
  openssls.fetch_add(1, std::memory_order_relaxed);
  return __libc_realloc(block, size);
}

void openssl_free(void* block, const char*, int) { std::free(block); }

// Before main(), as OpenSSL takes other functions only while it has allocated nothing.
class OpensslCounted {
 public:
  OpensslCounted() {
    if (CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free) == 1) return;
    std::fputs("OpenSSL has allocated already: its allocations cannot be counted\n", stderr);
    std::abort();
  }
};
const OpensslCounted openssl_counted;

}  // namespace

extern "C" {

void* malloc(std::size_t size) noexcept {
  count_ours();
  return __libc_malloc(size);
}

void* calloc(std::size_t count, std::size_t size) noexcept {
  count_ours();
  return __libc_calloc(count, size);
}

void* realloc(void* block, std::size_t size) noexcept {
  count_ours();
  return __libc_realloc(block, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  if (watching) {
    char b[64];
    int n = snprintf(b, 64, "A %zu\n", size);
    (void)!write(2, b, n);
  }
  count_ours();
  return __libc_memalign(alignment, size);
}

void* memalign(std::size_t alignment, std::size_t size) noexcept {
  count_ours();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void** block, std::size_t alignment, std::size_t size) noexcept {
  count_ours();
  *block = __libc_memalign(alignment, size);
  return *block != nullptr ? 0 : ENOMEM;
}

}  // extern "C"

namespace amend::test {

std::uint64_t allocations() noexcept { return ours.load(std::memory_order_relaxed); }
std::uint64_t openssl_allocations() noexcept { return openssls.load(std::memory_order_relaxed); }
void watch_allocations(bool on) noexcept { watching.store(on, std::memory_order_relaxed); }

static void* stacks[6000][14];
static std::atomic<int> used{0};
static thread_local bool inside = false;
[[gnu::noinline]] void watched_allocation() noexcept {
  if (inside) return;
  inside = true;
  int i = used++;
  if (i < 6000) backtrace(stacks[i], 14);
  inside = false;
}
struct Dump {
  Dump() {
    void* a[2];
    backtrace(a, 2);
  }
  ~Dump() {
    FILE* f = fopen("/tmp/micro-stacks.txt", "w");
    for (int i = 0; i < used && i < 6000; i++) {
      for (int j = 0; j < 14 && stacks[i][j]; j++) fprintf(f, "%p ", stacks[i][j]);
      fprintf(f, "\n");
    }
    fclose(f);
  }
} dump;

}  // namespace amend::test
