"""What the host has to say as exceptions, one class for each kind of fault; the text is the program's own."""


class AlidadeError(Exception):
    """`what` was found and expected, `where`, and how to get on: `fix`."""

    def __init__(self, what: str, where: str = "", fix: str = ""):
        super().__init__(what)
        self.what, self.where, self.fix = what, where, fix

    def __str__(self) -> str:
        place, way_out = f"\n  --> {self.where}", f"\n  fix: {self.fix}"
        return self.what + (place if self.where else "") + (way_out if self.fix else "")


class ConfigError(AlidadeError):
    """An argument or a pipeline file is wrong; nothing was read."""


class ModelError(AlidadeError):
    """The model cannot be read, or not as it was asked for."""


class PluginError(AlidadeError):
    """A plugin does not fit, or broke its contract."""


class OutputError(AlidadeError):
    """A report could not be written."""


class LimitError(AlidadeError):
    """Memory, time or another limit was not enough."""


class CheckFailed(AlidadeError):
    """A test does not hold, or an analysis has nothing to work on."""


class InternalError(AlidadeError):
    """A mistake of Alidade's own."""


KINDS: dict[str, type[AlidadeError]] = {
    "config": ConfigError, "model": ModelError, "plugin": PluginError, "output": OutputError, "limit": LimitError,
    "check": CheckFailed, "internal": InternalError}


CODES = {1: "check", 2: "config", 3: "model", 4: "plugin", 5: "check", 6: "output", 7: "limit"}


def of_program(code: int, said: str) -> AlidadeError:
    """The first error that a program has printed, by its exit code."""
    first = said.strip().removeprefix("error: ").split("\nerror: ")[0]
    what, _, fix = first.partition("\n  fix: ")
    what, _, where = what.partition("\n  --> ")
    return of_fault(CODES.get(code, "internal"), what.strip(), where.strip(), fix.strip())


def of_fault(fault: str, what: str, where: str, fix: str) -> AlidadeError:
    return KINDS[fault](what, where, fix)
