"""An nn.Module that is there already: captured where it is, and left as it was."""

from alidade.capture.sources.source import Source


class LiveModule(Source):
    devices = ("cpu",)

    def __init__(self, module, title: str = ""):
        super().__init__(title or type(module).__name__)
        self.module = module

    @property
    def name(self) -> str:
        return self.model

    def build(self):
        return self.module
