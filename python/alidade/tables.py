"""Rows that are objects, and the same rows as tables of other packages, which are imported only then."""

import dataclasses
import html
import importlib
import os
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Generic, TypeVar

from alidade.errors import ConfigError

Row = TypeVar("Row")


def fields_of(kind: type[Row], members: Mapping[str, Any]) -> Row:
    """An object of the members that its class has."""
    return kind(**{field.name: members[field.name] for field in dataclasses.fields(kind)})  # type: ignore[arg-type]


class Table(Generic[Row]):
    """A list of rows of one class."""

    row_type: ClassVar[type]

    @property
    def rows(self) -> list[Row]:
        raise NotImplementedError

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __getitem__(self, at: int) -> Row:
        return self.rows[at]

    def to_columns(self) -> dict[str, list[Any]]:
        names = [field.name for field in dataclasses.fields(self.row_type)]
        return {name: [getattr(row, name) for row in self.rows] for name in names}

    def to_pandas(self) -> Any:
        """A pandas.DataFrame, a row for each."""
        return imported("pandas").DataFrame(self.to_columns())

    def to_arrow(self) -> Any:
        """A pyarrow.Table."""
        return imported("pyarrow").table(self.to_columns())

    def to_parquet(self, path: str | os.PathLike[str]) -> None:
        """A Parquet file, which needs pyarrow."""
        table = self.to_arrow()
        imported("pyarrow.parquet").write_table(table, os.fspath(path))

    def _repr_html_(self) -> str:
        columns = self.to_columns()
        head = "".join(f"<th>{html.escape(name)}</th>" for name in columns)
        rows = zip(*columns.values(), strict=True)
        body = "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def cell(value: Any) -> str:
    shown = "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
    return f"<td>{html.escape(shown)}</td>"


def imported(package: str) -> Any:
    try:
        return importlib.import_module(package)
    except ImportError:
        raise ConfigError(f'the Python package "{package}" is not installed', "",
                          f"pip install {package}, or use to_columns()") from None
