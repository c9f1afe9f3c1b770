"""Models of torch.ao's quantisation. Libtorch packs their weights as it loads them, so these files keep theirs."""

import torch
import torch.ao.quantization as quantisation
import torch.nn.functional as F
from torch import Tensor, nn

ENGINE = "fbgemm"


class Static(nn.Module):
    """Every product that the static flow makes of a vision model, fused activations, functions between them."""

    def __init__(self):
        super().__init__()
        self.quant, self.dequant = quantisation.QuantStub(), quantisation.DeQuantStub()
        self.conv, self.bn, self.relu = nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU()
        self.depthwise = nn.Conv2d(8, 8, 3, stride=2, padding=1, groups=8)
        self.line = nn.Conv1d(8, 4, 5, stride=2, padding=2)
        self.fc, self.fc_relu = nn.Linear(8, 6), nn.ReLU()
        self.act = nn.Hardswish()
        self.sum, self.join = (torch.ao.nn.quantized.FloatFunctional() for _ in range(2))

    def forward(self, x):
        x = self.relu(self.bn(self.conv(self.quant(x))))
        y = self.act(self.depthwise(x))
        y = self.sum.add_relu(y, F.max_pool2d(x, 2))
        line = self.line(y.flatten(2))
        y = self.fc_relu(self.fc(y.mean([2, 3])))
        return self.dequant(self.join.cat([y, line.flatten(1)], 1))


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Linear(6, 8)
        self.lstm, self.gru = nn.LSTM(8, 12, num_layers=2, bidirectional=True), nn.GRU(24, 5)

    def forward(self, x: Tensor) -> Tensor:
        return self.gru(self.lstm(F.relu(self.table(x)))[0])[0]


class Lookup(nn.Module):
    def __init__(self):
        super().__init__()
        self.rows = nn.Embedding(100, 16)

    def forward(self, ids):
        return self.rows(ids)


IMAGE, STEPS = torch.rand(2, 3, 16, 16), torch.rand(5, 2, 6)


def static() -> nn.Module:
    torch.backends.quantized.engine = ENGINE
    model = Static().eval()
    model.qconfig = quantisation.get_default_qconfig(ENGINE)
    model = quantisation.fuse_modules(model, [["conv", "bn", "relu"], ["fc", "fc_relu"]])
    model = quantisation.prepare(model)
    model(IMAGE)
    return quantisation.convert(model)


def dynamic(dtype: torch.dtype) -> nn.Module:
    torch.backends.quantized.engine = ENGINE
    return quantisation.quantize_dynamic(Recurrent().eval(), {nn.Linear, nn.LSTM, nn.GRU}, dtype=dtype)


def looked_up() -> nn.Module:
    model = Lookup().eval()
    model.rows.qconfig = quantisation.float_qparams_weight_only_qconfig
    return quantisation.convert(quantisation.prepare(model))


CASES = {
    "quantised": lambda: torch.jit.trace(static(), IMAGE),
    "quantised_frozen": lambda: torch.jit.freeze(torch.jit.trace(static(), IMAGE)),
    "quantised_dynamic": lambda: torch.jit.trace(dynamic(torch.qint8), STEPS),
    "quantised_half": lambda: torch.jit.trace(dynamic(torch.float16), STEPS),
    "quantised_rows": lambda: torch.jit.trace(looked_up(), torch.zeros(4, dtype=torch.long)),
}
# The float model and its input that each case comes from.
FLOATS = {
    "quantised": (Static, IMAGE),
    "quantised_frozen": (Static, IMAGE),
    "quantised_dynamic": (Recurrent, STEPS),
    "quantised_half": (Recurrent, STEPS),
    "quantised_rows": (Lookup, torch.zeros(4, dtype=torch.long)),
}
