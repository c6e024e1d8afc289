"""The recipes at hand: the project's own, and those saved in this installation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from geo.errors import UsageError
from geo.intake.recipe import DEFAULT_RECIPE, load_recipe, recipe_from_yaml
from geo.resources import names

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["RecipeShelf"]

NAME: Final = re.compile(r"[\w-]{1,40}")
"""Letters (Chinese ones too), digits, underscore and hyphen: never a way into another folder."""
OWN: Final = "recipes"


@dataclass(frozen=True)
class RecipeShelf:
    """Recipes by name: `folder` holds the saved ones, the project's own go before them."""

    folder: Path

    def shipped(self) -> list[str]:
        """Name the project's own recipes, the default one first."""
        own = [Path(name).stem for name in names(OWN)]
        return sorted(own, key=lambda name: (name != DEFAULT_RECIPE, name))

    def saved(self) -> list[str]:
        """Name the recipes saved here."""
        return sorted(path.stem for path in self.folder.glob("*.yaml"))

    def serving(self, entity: str) -> list[str]:
        """Name the recipes, own ones first, that read files of `entity`."""
        every = [*self.shipped(), *self.saved()]
        return [name for name in every if entity in load_recipe(self.source(name)).entities]

    def source(self, name: str) -> str:
        """Give what `load_recipe` takes: the file of a saved recipe, any other name as it is."""
        return str(self._path(name)) if name in self.saved() else name

    def save(self, name: str, content: Mapping[str, Any]) -> str:
        """Keep a recipe under a name of its own and give that name.

        Raises UsageError for a name that cannot be a file's, one of the project's own, or a
        recipe with faults; nothing is written then.
        """
        name = name.strip()
        if not NAME.fullmatch(name):
            raise UsageError(
                f"A recipe cannot be called {name!r}; use up to 40 letters, digits, - and _.",
                f"配方名称 {name!r} 不可用；请使用不超过 40 个汉字、字母、数字、- 或 _。",
            )
        if name in self.shipped():
            raise UsageError(
                f"{name} is a recipe of the project and stays as it is; choose another name.",
                f"{name} 是系统自带配方，不能覆盖；请换一个名称。",
            )
        text = yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False)
        recipe_from_yaml(text, name=name)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._path(name).write_text(text, encoding="utf-8")
        return name

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.yaml"
