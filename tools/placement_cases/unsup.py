"""Two classifiers with a sort in them, which Neuron's compiler does not take: after the shapes of the examples in the
application note of torch_neuronx's graph partitioner. `Last` sorts what comes out, on line 28, as its log has it;
`Between` sorts what the first layer makes.
"""

import torch
from torch import nn


class Layers(nn.Module):
    """784 -> 4096 -> 2048 -> 10, with a ReLU after the first two."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(784, 4096)
        self.fc2 = nn.Linear(4096, 2048)
        self.fc3 = nn.Linear(2048, 10)
        self.relu = nn.ReLU()


class Last(Layers):
    def forward(self, images):
        first = self.relu(self.fc1(images))
        second = self.relu(self.fc2(first))
        scores = self.fc3(second)
        chances = torch.log_softmax(scores, dim=1)

        in_order, _ = torch.sort(chances)
        return in_order


class Between(Layers):
    def forward(self, images):
        first = self.relu(self.fc1(images))
        in_order, _ = torch.sort(first)
        second = self.relu(self.fc2(in_order))
        return torch.log_softmax(self.fc3(second), dim=1)
