"""Models as StableHLO: what of JAX, Flax and Keras there is to trace, and PyTorch programs as functions of JAX."""
