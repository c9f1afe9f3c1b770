#include "standard_output.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace alidade::host {
namespace {

int results = STDOUT_FILENO;  // written once, by main()

}  // namespace

void reserve_standard_output() {
  const int kept = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (kept < 0) return;  // no descriptor is left: what is printed lands among the results, as before
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  results = kept;
}

int standard_output() { return results; }

}  // namespace alidade::host
