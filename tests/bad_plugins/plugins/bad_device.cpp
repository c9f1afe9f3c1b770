#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "alidade/sdk/plugin.hpp"

using namespace alidade;

namespace {

using Act = void (*)();

/// A device that takes a second for every kernel, and does something before it says so of a large one.
template <Act act>
class Device final : public HardwareModel {
 public:
  static void options(OptionSpec<Device>& o) {
    o.field("from", &Device::from_, "elements of a kernel that is large").at_least(0);
  }
  [[nodiscard]] Result<KernelTime> time(const KernelGraph&, const Kernel& kernel) const override {
    if (static_cast<double>(kernel.elements) >= from_) act();
    KernelTime out;
    out.compute = Seconds(1);
    return out;
  }

 private:
  double from_ = 1000;
};

void crash() {
  volatile int* nowhere = nullptr;
  *nowhere = 1;
}
void wait_forever() {
  for (;;) pause();
}
void leave() { std::exit(0); }
void vanish() { kill(getpid(), SIGKILL); }
void write_text() {
  if (write(3, "no row", 6) < 0) std::abort();
}

}  // namespace

ALIDADE_PLUGIN("acme", "1.0") {
  plugin.add<Device<crash>>("bad_device.crash", "dies of SIGSEGV");
  plugin.add<Device<wait_forever>>("bad_device.wait", "does not end");
  plugin.add<Device<leave>>("bad_device.leave", "ends its process as if all were done");
  plugin.add<Device<vanish>>("bad_device.vanish", "is killed by somebody else");
  plugin.add<Device<write_text>>("bad_device.chatter", "writes into what its process answers");
}
