"""Values made of texts, told in other words: whatever holds a text is made anew with the other one."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, TypeVar

T = TypeVar("T")


def told(value: T, words: Callable[[str], str]) -> T:
    """The value with each text in it as ``words`` gives it; what holds no text is given back as it is."""
    told_value: T = _told(value, words)
    return told_value


def _told(value: Any, words: Callable[[str], str]) -> Any:
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return words(value)
    if isinstance(value, Mapping):
        return {_told(key, words): _told(each, words) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = (_told(each, words) for each in value)
        return type(value)._make(items) if hasattr(value, "_make") else type(value)(items)
    if is_dataclass(value) and not isinstance(value, type):
        parts = {each.name: _told(getattr(value, each.name), words) for each in fields(value) if each.init}
        return type(value)(**parts)
    return value
