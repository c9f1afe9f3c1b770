"""A function of JAX, and what it takes."""

import jax.numpy as jnp
import numpy


def scaled(params, x, scale=2):
    return jnp.tanh(x @ params["w"]) * scale


def example_inputs():
    return {"w": numpy.zeros((4, 3), "float32")}, numpy.zeros((2, 4), "float32")
