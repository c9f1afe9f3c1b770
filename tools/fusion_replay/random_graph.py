"""Random graphs in the text form, of all that makes bytes hard to count: views of views, parts of packed and of shared
weights, quantised ones, tables that are looked up and multiplied with, lists, shapes, concatenations, images, loops and
branches. Every shape is known and every size is small."""

import math
import random

import numpy

HEAD = """input %x : f32[4,8]
input %y : f32[8,8]
input %image : f32[1,2,8,6]
input %flag : bool[]
input %ids : i64[4]
input %at : i64[1]
parameter %w : f32[8,8]
parameter %packed : f32[24,8]
parameter %table : f32[16,8]
parameter %filter : f32[2,2,3,3]
parameter %q8 : i8[8,8]
parameter %q4 : i4[8,8]
parameter %scale : f32[8]
"""
GIVEN = {"x": (4, 8), "y": (8, 8), "image": (1, 2, 8, 6), "w": (8, 8), "packed": (24, 8)}
MOST = 600  # elements of a tensor


class RandomGraph:
    """One graph for every seed. A value is an array of the places of its own tensor, as numpy's views have them."""

    def __init__(self, seed: int, operators: int = 14) -> None:
        self.dice = random.Random(seed)
        self.lines: list[str] = []
        self.last = 0
        self.values = {name: numpy.arange(math.prod(sizes)).reshape(sizes) for name, sizes in GIVEN.items()}
        self.lost: set[str] = set()  # no strides say where their elements lie
        self.statements(operators, 2)
        made = [name for name in self.values if name not in GIVEN]
        outputs = {made[-1], *self.dice.sample(made, min(len(made), self.dice.randint(0, 2)))}
        self.text = f'graph "g{seed}" {{\n{HEAD}' + "\n".join(self.lines)
        self.text += "\nreturn " + ", ".join("%" + name for name in sorted(outputs)) + "\n}\n"

    def fresh(self) -> str:
        self.last += 1
        return f"v{self.last}"

    @staticmethod
    def type(sizes: tuple[int, ...], dtype: str = "f32") -> str:
        return f"{dtype}[{','.join(map(str, sizes))}]"

    def some(self) -> str:
        """One of the last few values, or any."""
        names = list(self.values)
        return self.dice.choice(names if self.dice.randint(0, 2) == 0 else names[-6:])

    def like(self, sizes: tuple[int, ...]) -> list[str]:
        return [name for name, value in self.values.items() if value.shape == sizes]

    def put(self, call: str, sizes: tuple[int, ...], dtype: str = "f32") -> str:
        name = self.fresh()
        self.lines.append(f"%{name} = {call} : {self.type(sizes, dtype)}")
        return name

    def make(self, call: str, sizes: tuple[int, ...]) -> None:
        self.values[self.put(call, sizes)] = numpy.arange(math.prod(sizes)).reshape(sizes)

    def view(self, call: str, places: numpy.ndarray, lost: bool = False) -> None:
        name = self.put(call, places.shape)
        self.values[name] = places
        if lost:
            self.lost.add(name)

    def statements(self, operators: int, depth: int) -> None:
        kinds = [self.unary, self.unary, self.binary, self.binary, self.slice, self.slice, self.split, self.reshape,
                 self.expand, self.product, self.quantised, self.look_up, self.move, self.list_or_shape, self.concat,
                 self.window, self.window]
        regions = [self.loop, self.updating_loop, self.branch] if depth > 0 else []
        for _ in range(operators):
            kind = self.dice.choice(kinds + regions)
            kind(depth - 1) if kind in regions else kind()

    def unary(self) -> None:
        name = self.some()
        sizes = self.values[name].shape
        op = self.dice.choice(["relu", "exp", "gelu"] + ["softmax"] * (len(sizes) > 0))
        axis = self.dice.randrange(len(sizes)) if sizes else 0
        self.make(f"{op}(%{name})" + (f" {{axes=[{axis}]}}" if op == "softmax" else ""), sizes)

    def binary(self) -> None:
        name = self.some()
        sizes = self.values[name].shape
        other = self.dice.choice(self.like(sizes) + self.like(sizes[-1:]))
        self.make(f"add(%{name}, %{other})", sizes)

    def slice(self) -> None:
        name = self.some()
        value = self.values[name]
        if name in self.lost or not value.shape:
            return self.unary()
        axis, step = self.dice.randrange(value.ndim), self.dice.choice([1, 1, 1, 2])
        start = self.dice.randrange(value.shape[axis])
        end = self.dice.randint(start + 1, value.shape[axis])
        places = value[(slice(None),) * axis + (slice(start, end, step),)]
        if places.shape[axis] == 1 and value.ndim > 2 and self.dice.random() < 0.5:  # as a select does
            places = places[(slice(None),) * axis + (0,)]
        self.view(f"slice(%{name}) {{axes=[{axis}], starts=[{start}], ends=[{end}], steps=[{step}]}}", places)

    def split(self) -> None:
        name = self.some()
        value = self.values[name]
        axes = [axis for axis, size in enumerate(value.shape) if size > 1]
        if name in self.lost or not axes:
            return self.unary()
        axis = self.dice.choice(axes)
        parts = numpy.split(value, [self.dice.randrange(1, value.shape[axis])], axis)
        names = [self.fresh(), self.fresh()]
        self.lines.append(f"(%{names[0]}, %{names[1]}) = split(%{name}) {{axes=[{axis}]}} : "
                          + ", ".join(self.type(part.shape) for part in parts))
        self.values.update(zip(names, parts, strict=True))

    def reshape(self) -> None:
        name = self.some()
        value = self.values[name]
        sizes = self.dice.choice([(value.size,)] + [(value.size // n, n) for n in (2, 4, 8) if value.size % n == 0])
        shown = value.reshape(sizes)
        self.view(f"reshape(%{name})", shown, name in self.lost or not numpy.shares_memory(shown, value))

    def expand(self) -> None:
        name = self.some()
        value = self.values[name]
        if value.size > 128 or value.ndim > 3:
            return self.unary()
        self.view(f"expand(%{name})", numpy.broadcast_to(value, (2, *value.shape)), name in self.lost)

    def rows(self, columns: int = 8) -> list[str]:
        return [name for name, value in self.values.items() if value.ndim == 2 and value.shape[1] == columns]

    def product(self) -> None:
        """With weights, tied tables and tensors of the graph alike."""
        left, right = self.dice.choice(self.rows()), self.dice.choice([*self.rows(), "table"])
        columns = 16 if right == "table" else len(self.values[right])
        op = self.dice.choice(["linear", "matmul"])
        self.make(f"{op}(%{left}, %{right}) {{transpose_b=1}}", (len(self.values[left]), columns))

    def quantised(self) -> None:
        """The same stored weight again and again."""
        self.make(f"dequantize(%{self.dice.choice(['q8', 'q4'])}, %scale) {{axis=0}}", (8, 8))

    def look_up(self) -> None:
        table = self.dice.choice(["table", "table", *self.rows()])
        self.make(f"{self.dice.choice(['embedding', 'gather'])}(%{table}, %ids) {{axes=[0]}}", (4, 8))

    def move(self) -> None:
        name = self.some()
        value = self.values[name]
        if value.ndim == 2 and self.dice.random() < 0.5:
            return self.make(f"transpose(%{name}) {{perm=[1,0]}}", value.shape[::-1])
        self.view(f"identity(%{name})", value, name in self.lost)

    def list_or_shape(self) -> None:
        name, other = self.some(), self.some()
        sizes = self.values[name].shape
        if not sizes or self.dice.random() < 0.5:
            both = (self.values[name].size + self.values[other].size,)
            return self.make(f"sqrt(%{self.put(f'sequence(%{name}, %{other})', both)})", both)
        shape = self.put(f"shape_of(%{name})", (len(sizes),), "i64")
        self.make(f"cast(%{shape})", (len(sizes),))

    def concat(self) -> None:
        """Mostly of what operators have just made."""
        self.unary()
        a = list(self.values)[-1]
        if self.dice.random() < 0.7:
            self.binary()
        b = self.some() if self.dice.random() < 0.3 else list(self.values)[-1]
        one, two = self.values[a].shape, self.values[b].shape
        axes = [axis for axis in range(len(one)) if len(one) == len(two)
                and one[:axis] + one[axis + 1:] == two[:axis] + two[axis + 1:]]
        if not axes or self.values[a].size + self.values[b].size > MOST:
            return None
        axis = self.dice.choice(axes)
        sizes = (*one[:axis], one[axis] + two[axis], *one[axis + 1:])
        return self.make(f"concat(%{a}, %{b}) {{axes=[{axis}]}}", sizes)

    def window(self) -> None:
        """A convolution or a pool of an image; convolutions share one filter."""
        images = [name for name, value in self.values.items()
                  if value.ndim == 4 and value.shape[:2] == (1, 2) and min(value.shape[2:]) > 2]
        name, stride, pad = self.dice.choice(images), self.dice.choice([1, 1, 2]), self.dice.choice([0, 1])
        sizes = (1, 2, *((size + 2 * pad - 3) // stride + 1 for size in self.values[name].shape[2:]))
        places = f"strides=[{stride},{stride}], pads_begin=[{pad},{pad}], pads_end=[{pad},{pad}], dilations=[1,1]"
        call = self.dice.choice(["conv(%{}, %filter) {{", "max_pool(%{}) {{kernel=[3,3], "])
        self.make(call.format(name) + places + "}", sizes)

    def inside(self, operators: int, depth: int, sizes: tuple[int, ...]) -> str:
        """What the body gives back; nothing in it is seen outside."""
        self.statements(operators, depth)
        return self.like(sizes)[-1]

    def loop(self, depth: int) -> None:
        name = self.some()
        sizes = self.values[name].shape
        out, argument, done = self.fresh(), self.fresh(), self.fresh()
        self.lines += [f"%{out} = loop(%{name}) {{trips={self.dice.choice([1, 2, 3, -1])}}} : {self.type(sizes)} {{",
                       f"argument %{argument} : {self.type(sizes)}"]
        outside = dict(self.values)
        self.values[argument] = numpy.arange(math.prod(sizes)).reshape(sizes)
        back = self.inside(self.dice.randint(1, 4), depth, sizes)
        self.lines += [f"%{done} = compare(%{back}, %{back}) : {self.type(sizes, 'bool')}",
                       f"yield %{done}, %{back}", "}"]
        self.values = outside | {out: numpy.arange(math.prod(sizes)).reshape(sizes)}

    def updating_loop(self, depth: int) -> None:
        """A loop that writes rows into what it carries, which mostly nobody else sees."""
        name = self.dice.choice(self.rows())
        rows = len(self.values[name])
        sizes = self.type((rows, 8))
        if self.dice.random() < 0.7:
            name = self.put(f"exp(%{name})", (rows, 8))
        out, argument, done = self.fresh(), self.fresh(), self.fresh()
        self.lines += [f"%{out} = loop(%{name}) {{trips={self.dice.choice([2, 3, -1])}}} : {sizes} {{",
                       f"argument %{argument} : {sizes}"]
        outside, carried = dict(self.values), argument
        self.values[argument] = numpy.arange(rows * 8).reshape(rows, 8)
        for _ in range(self.dice.choice([1, 1, 2])):
            self.statements(self.dice.randint(0, 2), depth)
            row = self.one_row()
            reduction = self.dice.choice(["", ", reduction=1"])
            carried = self.put(f"scatter(%{carried}, %at, %{row}) {{axis=0{reduction}}}", (rows, 8))
        if self.dice.random() < 0.2:  # somebody reads what is written over
            self.values[carried] = numpy.arange(rows * 8).reshape(rows, 8)
            self.statements(1, 0)
        self.lines += [f"%{done} = compare(%at, %at) : bool[1]", f"yield %{done}, %{carried}", "}"]
        self.values = outside | {out: numpy.arange(rows * 8).reshape(rows, 8)}

    def one_row(self) -> str:
        """Of eight columns, a slice of something else."""
        whole = self.dice.choice([name for name in self.rows() if name not in self.lost])
        at = self.dice.randrange(len(self.values[whole]))
        self.view(f"slice(%{whole}) {{axes=[0], starts=[{at}], ends=[{at + 1}], steps=[1]}}",
                  self.values[whole][at : at + 1])
        return list(self.values)[-1]

    def branch(self, depth: int) -> None:
        sizes = self.values[self.some()].shape
        out, outside = self.fresh(), dict(self.values)
        self.lines.append(f"%{out} = if(%flag) : {self.type(sizes)} {{")
        for end in ("} {", "}"):
            self.lines += [f"yield %{self.inside(self.dice.randint(0, 3), depth, sizes)}", end]
            self.values = dict(outside)
        self.values[out] = numpy.arange(math.prod(sizes)).reshape(sizes)
