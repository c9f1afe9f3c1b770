"""A convolutional network that every route captures: one graph, no breaks."""

import torch
from torch import nn


class SimpleCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
                                      nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU())
        self.classifier = nn.Linear(64, 10)

    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))


def example_inputs():
    return torch.zeros(1, 3, 32, 32)


if __name__ == "__main__":
    from alidade import profile_model
    profile_model(SimpleCNN(), input_shape=(1, 3, 32, 32), model_name="SimpleCNN", show_shapes=True)
