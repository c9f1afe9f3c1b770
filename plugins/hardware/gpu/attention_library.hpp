#pragma once

namespace alidade::gpu {

/// What a generation of kernels does: those that one warp multiplies in, and those of warp groups, which
/// read their operands from shared memory while they multiply. Cycles are of a core.
struct AttentionLibrary {
  double matrix, narrow_matrix;  ///< of what full tiles of products sustain; with keys in 8 bits
  double exponent;               ///< of the exponentials, what no product hides
  double tile_cycles;            ///< of a tile, before and after its keys
  double width_cycles;           ///< more for each of its columns
  double store;                  ///< of the cache's bandwidth, how often a tile's result takes it
  double whole_waves;            ///< of a last wave's gap, what is waited for
  double tail;                   ///< of what the longest tile takes more than the mean, what is waited for
  double feed;                   ///< of the cache's bandwidth, what keys and values reach
  double passing, fade;          ///< keys and values that pass between two uses, in their own size
  double cores_in_flight;        ///< one tile draws the memory bandwidth of so many cores
  double overlap;                ///< exponent that joins what goes on at the same time
  double start_cycles;           ///< of the kernel
  double sequence_cycles;        ///< of it for each sequence, where each has one query
  double search_cycles;          ///< of a tile for each sequence, among which it looks for its own
  double combine_cycles;         ///< of the kernel that joins parts of the keys
  double narrow_cycles;          ///< of the kernel that makes queries of 8 bits
  double swap_cycles;            ///< of copying queries that share keys side by side
  double split_steps;            ///< least steps over keys of a part
};
inline constexpr AttentionLibrary kWarps{.matrix = 1.032,
                                         .narrow_matrix = 1.032,
                                         .exponent = 0.0093,
                                         .tile_cycles = 2193,
                                         .width_cycles = 4.16,
                                         .store = 1.604,
                                         .whole_waves = 0.9003,
                                         .tail = 3.716,
                                         .feed = 0.738,
                                         .passing = 3.699,
                                         .fade = 0.3704,
                                         .cores_in_flight = 2.045,
                                         .overlap = 2.85,
                                         .start_cycles = 1250,
                                         .sequence_cycles = 0,
                                         .search_cycles = 0,
                                         .combine_cycles = 9494,
                                         .narrow_cycles = 2000,
                                         .swap_cycles = 10670,
                                         .split_steps = 0.5038};
inline constexpr AttentionLibrary kWarpGroups{.matrix = 1.124,
                                              .narrow_matrix = 0.8208,
                                              .exponent = 0.8326,
                                              .tile_cycles = 2811,
                                              .width_cycles = 12.57,
                                              .store = 4.524,
                                              .whole_waves = 0.9041,
                                              .tail = 0.9638,
                                              .feed = 2.688,
                                              .passing = 1.522,
                                              .fade = 0.0038,
                                              .cores_in_flight = 13.88,
                                              .overlap = 1.732,
                                              .start_cycles = 7372,
                                              .sequence_cycles = 17.86,
                                              .search_cycles = 0,
                                              .combine_cycles = 2595,
                                              .narrow_cycles = 2753,
                                              .swap_cycles = 0,
                                              .split_steps = 2.652};
/// Above a width of 256: a kernel of a later library, which does not know this generation's units as well.
inline constexpr AttentionLibrary kWide{.matrix = 0.4226,
                                        .narrow_matrix = 0.4226,
                                        .exponent = 0.01,
                                        .tile_cycles = 13410,
                                        .width_cycles = 0,
                                        .store = 0.8417,
                                        .whole_waves = 0.447,
                                        .tail = 1.228,
                                        .feed = 2.688,
                                        .passing = 1.522,
                                        .fade = 0.0038,
                                        .cores_in_flight = 13.88,
                                        .overlap = 2.396,
                                        .start_cycles = 0,
                                        .sequence_cycles = 0,
                                        .search_cycles = 19.32,
                                        .combine_cycles = 3142,
                                        .narrow_cycles = 2753,
                                        .swap_cycles = 0,
                                        .split_steps = 2.652};

}  // namespace alidade::gpu
