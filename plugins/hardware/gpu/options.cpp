// The figures that a device file states.
#include "device.hpp"

namespace alidade::gpu {

void Device::options(OptionSpec<Device>& o) {
  o.field("peak_tflops", &Device::peaks_,
          "dense peaks by the numbers that are multiplied; f32 is of its vectors")
      .choices(names_of_arithmetics())
      .above(0)
      .at_most(1e6)
      .unit("TFLOP/s")
      .needs_one_of({"f32"})
      .required();
  o.field("dram_gbps", &Device::dram_, "memory bandwidth").above(0).at_most(1e5).unit("GB/s").required();
  o.field("cores", &Device::cores_, "multiprocessors, compute units or Xe cores")
      .at_least(1)
      .at_most(1e5)
      .required();
  o.field("clock_mhz", &Device::clock_, "that these hold under load")
      .above(0)
      .at_most(1e5)
      .unit("MHz")
      .required();
  o.field("l2_mb", &Device::l2_, "last cache before its memory").above(0).at_most(1e5).unit("MB").required();
  o.field("l2_parts", &Device::l2_parts_, "parts of that which each keep what their own cores read")
      .at_least(1)
      .at_most(64);
  o.field("l2_gbps", &Device::l2_rate_,
          "bandwidth of that cache; else 20 bytes for every clock of every core")
      .above(0)
      .at_most(1e6)
      .unit("GB/s");
  o.field("memory_gib", &Device::memory_, "what its memory holds").above(0).at_most(1e5).unit("GiB");
  o.field("context_mib", &Device::context_, "memory that its runtime takes")
      .at_least(0)
      .at_most(1e5)
      .unit("MiB");
  o.field("warp_groups", &Device::warp_groups_,
          "whether groups of warps multiply together, from shared memory, as from Hopper on");
  o.field(
      "miopen", &Device::miopen_,
      "whether MIOpen does its convolutions, which takes those in 3-D image by image: AMD's up to CDNA 2");
  power_options(o), calibration(o);
}

void Device::power_options(OptionSpec<Device>& o) {
  o.field("idle_watts", &Device::idle_, "what it draws when nothing runs").above(0).at_most(1e4).unit("W");
  o.field("cap_watts", &Device::cap_, "the most that it may draw").above(0).at_most(1e4).unit("W");
  o.field("active_watts", &Device::active_,
          "what it draws more while a kernel runs, whatever it does; without this or one of the next two it "
          "draws cap_watts while its memory or what computes is busy")
      .at_least(0)
      .at_most(1e4)
      .unit("W");
  o.field("pj_per_flop", &Device::flop_energy_, "more, for a FLOP").at_least(0).at_most(1e4).unit("pJ");
  o.field("pj_per_byte", &Device::byte_energy_, "more, for a byte of memory")
      .at_least(0)
      .at_most(1e6)
      .unit("pJ");
}

void Device::calibration(OptionSpec<Device>& o) {
  o.field("compute_share", &Device::compute_share_,
          "of the peak, what full tiles reach when nothing else holds them up; above 1 where the clock is "
          "higher than the datasheet's")
      .above(0)
      .at_most(1.5);
  o.field("memory_share", &Device::memory_share_, "of the bandwidth, what a stream reaches")
      .above(0)
      .at_most(1);
  o.field("launch_us", &Device::launch_, "between two kernels").at_least(0).at_most(1e4).unit("us");
  o.field(
       "host_us", &Device::call_,
       "of the host for each kernel that it starts, of eager PyTorch for each operator; 0: graphs that the "
       "GPU starts by itself")
      .at_least(0)
      .at_most(1e4)
      .unit("us");
  o.choice("tier", &Device::tier_, {{"calibrated", Tier::calibrated}, {"datasheet", Tier::datasheet}},
           "whether its shares and its launch were measured on it");
  o.field("spread", &Device::spread_, "how much more than others it departs from the formulas")
      .at_least(1)
      .at_most(10);
  o.field("band_low", &Device::low_, "four of five models take no less than this times what is said")
      .at_least(0.01)
      .at_most(1);
  o.field("band_high", &Device::high_, "and no more than this times").at_least(1).at_most(100);
  o.field("scored_on", &Device::scored_on_, "what the band was measured on");
}

}  // namespace alidade::gpu
