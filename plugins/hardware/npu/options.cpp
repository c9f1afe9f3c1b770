// The figures of an accelerator.
#include "device.hpp"

namespace alidade::npu {

void Device::options(OptionSpec<Device>& o) {
  o.field("peak_tflops", &Device::peaks_, "dense peaks of a core by the numbers that are multiplied")
      .choices(names_of_arithmetics())
      .above(0)
      .at_most(1e5)
      .unit("TFLOP/s")
      .needs_one_of({"f32", "tf32", "bf16", "f16", "f8", "i8"})
      .required();
  o.field("peak_tflops_upper", &Device::peaks_upper_, "the most that its documents say")
      .choices(names_of_arithmetics())
      .above(0)
      .at_most(1e5)
      .unit("TFLOP/s");
  o.field("dram_gbps", &Device::dram_, "a core's part of the bandwidth to where weights are stored")
      .above(0)
      .at_most(1e5)
      .unit("GB/s")
      .required();
  o.field("dram_gbps_upper", &Device::dram_upper_, "the most that its documents say")
      .above(0)
      .at_most(1e5)
      .unit("GB/s");
  o.field("memory_gib", &Device::memory_, "what a core's memory holds").above(0).at_most(1e5).unit("GiB");
  o.field("idle_watts", &Device::idle_, "what it draws when nothing runs").above(0).at_most(1e4).unit("W");
  o.field("cap_watts", &Device::cap_, "the most that it may draw").above(0).at_most(1e4).unit("W");
  engine_options(o), score_options(o);
}

void Device::engine_options(OptionSpec<Device>& o) {
  o.field("array_rows", &Device::rows_, "of the array that multiplies").above(0).at_most(1e4);
  o.field("array_columns", &Device::columns_, "of the array that multiplies").above(0).at_most(1e4);
  o.field("tile_least_rows", &Device::least_rows_, "rows that a tile takes the time of at least")
      .above(0)
      .at_most(1e5);
  o.field("tile_load_rows", &Device::load_rows_, "rows whose time loading a tile takes")
      .above(0)
      .at_most(1e5);
  o.field("vector_gelements", &Device::vector_, "what its vector engines pass over")
      .above(0)
      .at_most(1e6)
      .unit("elements/ns");
  o.field("on_chip_mib", &Device::on_chip_, "memory on a core").above(0).at_most(1e5).unit("MiB");
  o.field("on_chip_gbps", &Device::on_chip_rate_, "bandwidth of that").above(0).at_most(1e6).unit("GB/s");
  o.field("resident_mb", &Device::resident_, "weights that stay on the chip from run to run")
      .above(0)
      .at_most(1e5)
      .unit("MB");
  o.field("evicts_all", &Device::evicts_all_, "all weights leave the chip where they do not all fit");
  o.field("link_gbps", &Device::link_, "how inputs come from the host").above(0).at_most(1e4).unit("GB/s");
  o.field("issue_us", &Device::issue_, "of every kernel").at_least(0).at_most(1e4).unit("us");
  o.field("row_us", &Device::row_, "more, of one along rows").at_least(0).at_most(1e4).unit("us");
  o.field("overlap", &Device::overlap_, "exponent that joins compute and memory; 0: the longer, 1: their sum")
      .at_least(0)
      .at_most(100);
}

void Device::score_options(OptionSpec<Device>& o) {
  o.field("compute_share", &Device::compute_share_, "share of its cycles that the array works")
      .above(0)
      .at_most(1.5);
  o.field("memory_share", &Device::memory_share_, "share of the bandwidth that a stream reaches")
      .above(0)
      .at_most(1);
  o.field("fixed_us", &Device::fixed_, "of every run of a model").at_least(0).at_most(1e6).unit("us");
  o.choice("tier", &Device::tier_, {{"calibrated", Tier::calibrated}, {"datasheet", Tier::datasheet}},
           "whether constants were measured on it");
  o.field("band_low", &Device::low_, "four of five cases take no less than this times what is said")
      .at_least(0.01)
      .at_most(1);
  o.field("band_high", &Device::high_, "and no more than this times").at_least(1).at_most(100);
  o.field("scored_kernels", &Device::scored_kernels_, "whether the cases were kernels, not models");
  o.field("scored_on", &Device::scored_on_, "what the band was measured on; empty: it is a guess");
}

}  // namespace alidade::npu
