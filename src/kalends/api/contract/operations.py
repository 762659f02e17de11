"""The operations that the contract has, whether or not they are served; `operations.txt` lists them."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_LIST = files("kalends.api.contract") / "operations.txt"


@dataclass(frozen=True, slots=True)
class ContractOperation:
    """An operation of the contract; `path` has its parameters in braces."""

    method: str
    path: str
    tag: str


@cache
def contract_operations() -> tuple[ContractOperation, ...]:
    """Return all operations of the contract."""
    lines = _LIST.read_text("utf-8").splitlines()
    return tuple(ContractOperation(*line.split("\t")) for line in lines)
