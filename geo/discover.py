"""Plug-in files: every module of a folder that exports one agreed name."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, TypeVar

from geo.errors import PluginError

if TYPE_CHECKING:
    from collections.abc import Collection
    from types import ModuleType

__all__ = ["discover"]

Plugin = TypeVar("Plugin")


def discover(
    package: ModuleType, attribute: str, kind: type[Plugin], *, beside: Collection[str] = ()
) -> dict[str, Plugin]:
    """Collect what the plug-in files of a package export, by file name.

    Parameters
    ----------
    package
        An imported package; its direct modules are the plug-ins.
    attribute
        The agreed name, such as "MODEL" or "LAYER".
    kind
        What every export must be an instance of.
    beside
        Names of modules that live in the folder without being plug-ins.

    Returns
    -------
    dict
        Module name -> export, sorted by module name.

    Raises
    ------
    PluginError
        A module cannot be imported, lacks the name, or exports something else. A broken
        plug-in is never left out in silence.
    """
    names = sorted(_modules(package) - set(beside))
    return {name: _export(f"{package.__name__}.{name}", attribute, kind) for name in names}


def _modules(package: ModuleType) -> set[str]:
    return {module.name for module in iter_modules(package.__path__)}


def _export(module_name: str, attribute: str, kind: type[Any]) -> Any:
    try:
        module = import_module(module_name)
    except Exception as error:
        raise PluginError(
            f"The plug-in {module_name} cannot be imported: {error!r}. Repair or remove the file.",
            f"插件 {module_name} 无法加载：{error!r}。请修复或移除该文件。",
        ) from error
    found = getattr(module, attribute, None)
    if isinstance(found, kind):
        return found
    raise PluginError(
        f"{module_name} must export {attribute}, a {kind.__name__}; it has {type(found).__name__}.",
        f"{module_name} 必须导出 {attribute}（{kind.__name__}），实际为 {type(found).__name__}。",
    )
