"""Models of JAX: a plain function, or a module of Flax or Keras, as a function of its weights and its inputs."""

import functools
import inspect
import sys
from collections.abc import Callable
from typing import Any

from alidade.capture.inputs import Inputs, TensorSpec
from alidade.capture.stablehlo.scopes import scopes_of


class JaxModel:
    """What the rest of the package asks of a model, and what jax.export needs. A plain function has no weights of its
    own: those are arguments."""

    def __init__(self, forward: Callable[..., Any]):
        self.forward = forward
        self.training = False

    def train(self, mode: bool) -> None:
        self.training = mode

    def parameters(self) -> tuple:
        return ()  # torch's view of it: nothing is in memory

    buffers = named_parameters = parameters

    def inputs(self) -> Inputs:
        """What it is known to take."""
        return Inputs()

    def weights(self, args: tuple, kwargs: dict) -> tuple[dict, dict]:
        """The shapes of the parameters, and of what is stored beside them."""
        return {}, {}

    def call(self, parameters: dict, buffers: dict, args: tuple, kwargs: dict):
        return self.forward(*args, **kwargs)


class LinenModel(JaxModel):
    """A module of flax.linen, whose variables its inputs decide."""

    def __init__(self, module):
        self.module, self.training = module, False

    @property
    def forward(self):
        """Whether it trains is said where the module asks for it."""
        known = {"train": self.training, "training": self.training, "deterministic": not self.training}
        own = inspect.signature(self.module.__call__).parameters
        return functools.partial(self.module.__call__, **{n: value for n, value in known.items() if n in own})

    def weights(self, args, kwargs):
        import jax
        keys = {"params": jax.random.key(0), "dropout": jax.random.key(1)}
        more = {**self.forward.keywords, **kwargs}
        made = jax.eval_shape(lambda *given: self.module.init(keys, *given, **more), *args)
        return made.get("params", {}), {name: part for name, part in made.items() if name != "params"}

    def call(self, parameters, buffers, args, kwargs):
        import jax
        more = {"rngs": {"dropout": jax.random.key(1)}, "mutable": list(buffers)} if self.training else {}
        return self.module.apply({"params": parameters, **buffers}, *args, **self.forward.keywords, **kwargs, **more)


class NnxModel(JaxModel):
    """A module of flax.nnx, whose arrays need not be there."""

    def __init__(self, module):
        super().__init__(module.__call__)
        self.module = module

    def train(self, mode):
        super().train(mode)
        (self.module.train if mode else self.module.eval)()

    def weights(self, args, kwargs):
        return tuple(shapes(state.to_pure_dict()) for state in self.split()[1:])

    def call(self, parameters, buffers, args, kwargs):
        from flax import nnx
        definition, *states = self.split()
        for state, values in zip(states, (parameters, buffers), strict=True):
            state.replace_by_pure_dict(values)
        module = nnx.merge(definition, *states)
        with scopes_of(module):
            return module(*args, **kwargs)

    def split(self):
        """What it is, its parameters, and what else it stores."""
        from flax import nnx
        return nnx.split(self.module, nnx.Param, ...)


class KerasModel(JaxModel):
    """A model of Keras on JAX."""

    def __init__(self, model):
        super().__init__(model.call)
        self.model = model

    def inputs(self) -> Inputs:
        found = [TensorSpec("", (1, *one.shape[1:]), one.dtype) for one in getattr(self.model, "inputs", None) or ()
                 if None not in one.shape[1:]]
        return Inputs((found[0] if len(found) == 1 else found,) if found else ())

    def weights(self, args, kwargs):
        if not self.model.built:
            import keras
            self.model(*(keras.KerasTensor(arg.shape, arg.dtype) for arg in args), **kwargs)
        return variables(self.model.trainable_variables), variables(self.model.non_trainable_variables)

    def call(self, parameters, buffers, args, kwargs):
        stored = ([values[one.path] for one in own] for own, values in
                  ((self.model.trainable_variables, parameters), (self.model.non_trainable_variables, buffers)))
        return self.model.stateless_call(*stored, *args, training=self.training, **kwargs)[0]


KINDS = (("flax.linen", "Module", LinenModel), ("flax.nnx", "Module", NnxModel), ("keras", "Model", KerasModel))


def adapted(found) -> JaxModel | None:
    """A model of one of these libraries; None where it is none. A library that nobody has imported made none."""
    for library, name, kind in KINDS:
        if library in sys.modules and isinstance(found, getattr(sys.modules[library], name)):
            return kind(found)
    return None


def is_of_nnx(maker: Callable[..., Any]) -> bool:
    """Whether it is a class of flax.nnx, which is given its keys of random numbers."""
    nnx = sys.modules.get("flax.nnx")
    return bool(nnx) and isinstance(maker, type) and issubclass(maker, nnx.Module)


def made_by(maker: Callable[..., Any]):
    """What a class or a function makes; of flax.nnx, without memory for its weights."""
    if not is_of_nnx(maker):
        return maker()
    from flax import nnx
    keys = "rngs" in inspect.signature(maker.__init__).parameters
    return nnx.eval_shape(lambda: maker(rngs=nnx.Rngs(0)) if keys else maker())


def specified(example):
    """Example inputs with a TensorSpec for each array, of JAX, of numpy or a shape alone."""
    from torch.utils._pytree import tree_map

    def spec_of(leaf):
        is_array = hasattr(leaf, "shape") and hasattr(leaf, "dtype")
        return TensorSpec("", tuple(leaf.shape), str(leaf.dtype).removeprefix("torch."), value=leaf) if is_array \
            else leaf

    return tree_map(spec_of, example)


def variables(found) -> dict[str, Any]:
    import jax
    return {one.path: jax.ShapeDtypeStruct(one.shape, one.dtype) for one in found}


def shapes(tree):
    import jax
    return jax.tree.map(lambda leaf: jax.ShapeDtypeStruct(leaf.shape, leaf.dtype), tree)
