"""A .pt2, .pt or .onnx file is a captured model already: it is passed on as it is."""

import pathlib

from alidade.capture.faults import CaptureError
from alidade.capture.sources.source import Source


class ArchiveFile(Source):
    def __init__(self, text: str):
        super().__init__(text)
        self.path = pathlib.Path(text)
        if not self.path.is_file():
            raise CaptureError("there is no such file", text, "give the path of a model file")

    @property
    def name(self) -> str:
        return self.model

    @property
    def title(self) -> str:
        return self.path.stem
