"""The models behind tests/data/torchscript, each as small as what it shows allows: traced ones with their arguments,
scripted ones without."""

import pathlib
import sys
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "zoo"))


class ConvBlock(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(8)
        self.act = nn.ReLU(inplace=True)
        self.drop = nn.Dropout()
        self.up = nn.ConvTranspose2d(8, 4, 2, stride=2, output_padding=1)

    def forward(self, x):
        x = self.act(self.bn(self.conv(x)))
        return self.up(self.drop(F.max_pool2d(x, 2))), x.contiguous().detach()


class Linears(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(6, 10), nn.Linear(10, 4, bias=False)

    def forward(self, x, y):
        y = torch.addmm(y, self.fc2(F.gelu(self.fc1(x))), y.t())
        return y, torch.mm(x, self.fc1.weight.t()), torch.bmm(x[None], x.t()[None])


class Sizes(nn.Module):
    """Sizes are numbers, however they are computed; tensors that hold numbers are no work."""

    def __init__(self):
        super().__init__()
        self.register_buffer("table", torch.arange(4.0), persistent=False)

    def forward(self, x):
        n = x.shape[0] * x.shape[1] // 2
        scale = torch.tensor(x.shape[1]) ** 0.5
        y = x.reshape(n, -1) / scale * torch.tensor(0.5)
        first, second = torch.chunk(y + torch.arange(2, device=x.device), 2, dim=-1)
        return torch.cat([second, first], dim=-1), x + self.table


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.head = nn.Embedding(10, 4), nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, ids):
        return self.head(self.embed(ids))


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(5, 7, num_layers=2, bidirectional=True, batch_first=True)
        self.gru = nn.GRU(14, 3)

    def forward(self, x):
        return self.gru(self.lstm(x)[0].transpose(0, 1))[0]


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.mha = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, q, k):
        return F.scaled_dot_product_attention(q[None], k[None], k[None]), self.mha(q, k, k, need_weights=False)[0]


class Layers(nn.Module):
    """Layers that torch runs as one operator each under torch.no_grad(), unless that is switched off."""

    def __init__(self):
        super().__init__()
        self.after = nn.TransformerEncoderLayer(8, 2, 12, batch_first=True)
        self.before = nn.TransformerEncoderLayer(8, 2, 12, activation="gelu", batch_first=True, norm_first=True)
        self.looks = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x):
        x = self.before(self.after(x))
        by_head = self.looks(x, x, x, average_attn_weights=False)
        return self.looks(x, x, x), by_head, self.looks(x, x, x, need_weights=False)[0]


class Containers(nn.Module):
    def forward(self, pair: tuple[Tensor, Tensor], many: list[Tensor], named: dict[str, Tensor],
                mask: Tensor | None = None) -> dict[str, Tensor]:
        total = pair[0] * pair[1]
        for one in many:
            total = total + one
        if mask is not None:
            total = total * mask
        return {"total": total, "first": named["first"].relu()}


class Numbers(nn.Module):
    """Arguments that are no tensors."""

    def forward(self, x: Tensor, n: int, sizes: list[int], doubled: bool):
        for _ in range(n):
            x = x.relu()
        return x.reshape(sizes) * 2 if doubled else x.reshape(sizes)


class Decided(nn.Module):
    """Branches and loops that shapes and numbers decide."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(4, 4) for _ in range(3))

    def forward(self, x):
        if x.size(1) > 2:
            x = x.relu()
        else:
            x = x.sigmoid()
        for layer in self.layers:
            x = layer(x)
        parts = []
        for i in range(x.size(0)):
            parts.append(x[i].tanh())
        n = 0
        while n < x.size(1):
            n += 2
        return torch.stack(parts) + n


class Branch(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        if x.dim() != 2:
            raise ValueError("two dimensions are wanted")
        if bool(x.sum() > 0):
            y = self.fc(x)
        else:
            y = x.relu().tanh()
        return y * 2


class Loop(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        n = 0
        while bool(x.sum() > 0):
            x = self.fc(x)
            n += 1
        return x, n


class Vague(nn.Module):
    """Shapes that the data decide."""

    def forward(self, x):
        places = torch.nonzero(x)
        kept = x[x > 0]
        return places, kept.relu() + 1, torch.cat([kept, kept]), x * 2


class OffMeta(nn.Module):
    """Operators that libtorch has no meta kernel for: what they make is still known."""

    def __init__(self):
        super().__init__()
        self.prelu = nn.PReLU(4)

    def forward(self, image, video):
        x = F.pad(image, (1, 2, 1, 2), mode="reflect")
        x = self.prelu(x) / x.std((2, 3), keepdim=True)
        spectrum = torch.fft.rfft2(x).abs()
        pooled = F.adaptive_avg_pool3d(F.max_pool3d(video, 2), 2)
        columns = F.unfold(x, 3)
        return spectrum, pooled, columns, x.max(), torch.angle(x) // 2


class Raises(nn.Module):
    def forward(self, x):
        if x.size(0) > 1:
            raise ValueError("one at a time")
        return x


class Inner(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(3))

    def forward(self, x):
        return x * self.weight


def mangled() -> nn.Module:
    """What torch.fx leaves of a model that Dynamo captured: modules that carry mangled names."""
    root = nn.Module()
    names = ["g__model___model_0_conv", "getattr_getattr_L__yolo_model___model_23_cv3_0___0_____0___conv"]
    for name in names:
        root.add_module(name, Inner())
    graph = torch.fx.Graph()
    x = graph.placeholder("x")
    for name in names:
        x = graph.call_module(name, (x,))
    graph.output(x)
    return torch.fx.GraphModule(root, graph)


def zoo(name: str) -> nn.Module:
    import zoo_models

    return zoo_models.torchvision.models.get_model(name, weights=None)


def traced(model: nn.Module, *args: Tensor) -> torch.jit.ScriptModule:
    with torch.no_grad():
        return torch.jit.trace(model.eval(), args, check_trace=False, strict=False)


def traced_fast(model: nn.Module, *args: Tensor) -> torch.jit.ScriptModule:
    """With the layers that torch runs as one operator; make_cases.py has switched that off."""
    torch.backends.mha.set_fastpath_enabled(True)
    try:
        return traced(model, *args)
    finally:
        torch.backends.mha.set_fastpath_enabled(False)


def scripted(model: nn.Module) -> torch.jit.ScriptModule:
    return torch.jit.script(model.eval())


def frozen(module: torch.jit.ScriptModule) -> torch.jit.ScriptModule:
    return torch.jit.freeze(module)


IMAGE = (1, 3, 224, 224)
class SequenceLoss(nn.Module):
    """Of 2 examples of 9 steps, 6 classes and at most 3 labels, for their mean, sum and each."""

    def forward(self, scores, labels):
        return [nn.functional.ctc_loss(scores, labels, (9, 9), (3, 3), reduction=reduction, zero_infinity=zero)
                for reduction, zero in (("mean", False), ("sum", False), ("none", True))]


CASES: dict[str, Callable[[], torch.jit.ScriptModule]] = {
    "conv_block": lambda: traced(ConvBlock(), torch.rand(1, 3, 32, 32)),
    "conv_block_scripted": lambda: scripted(ConvBlock()),
    "conv_block_frozen": lambda: frozen(traced(ConvBlock(), torch.rand(1, 3, 32, 32))),
    "linears": lambda: traced(Linears(), torch.rand(4, 6), torch.rand(4, 4)),
    "sizes": lambda: traced(Sizes(), torch.rand(2, 4)),
    "tied": lambda: traced(Tied(), torch.zeros(2, 3, dtype=torch.long)),
    "lookup": lambda: scripted(Tied()),
    "recurrent": lambda: traced(Recurrent(), torch.rand(2, 6, 5)),
    "attention": lambda: traced(Attention(), torch.rand(2, 3, 8), torch.rand(2, 5, 8)),
    "layers": lambda: traced_fast(Layers(), torch.rand(2, 5, 8)),
    "layers_apart": lambda: traced(Layers(), torch.rand(2, 5, 8)),
    "containers": lambda: scripted(Containers()),
    "numbers": lambda: scripted(Numbers()),
    "decided": lambda: scripted(Decided()),
    "branch": lambda: scripted(Branch()),
    "loop": lambda: scripted(Loop()),
    "vague": lambda: scripted(Vague()),
    "off_meta": lambda: traced(OffMeta(), torch.rand(2, 4, 6, 6), torch.rand(1, 2, 8, 8, 8)),
    "raises": lambda: scripted(Raises()),
    "mangled": lambda: traced(mangled(), torch.rand(2, 3)),
    "sequence_loss": lambda: traced(SequenceLoss(), torch.zeros(9, 2, 6), torch.ones(2, 3, dtype=torch.int64)),
    "resnet18": lambda: traced(zoo("resnet18"), torch.rand(IMAGE)),
    "vit_b_16": lambda: traced(zoo("vit_b_16"), torch.rand(IMAGE)),
}
