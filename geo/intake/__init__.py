"""Files from outside become checked tables."""

from geo.intake.importer import import_files
from geo.intake.preview import ColumnSeen, Preview, check_files, look_at
from geo.intake.recipe import Recipe, load_recipe
from geo.intake.report import ImportReport

__all__ = [
    "ColumnSeen",
    "ImportReport",
    "Preview",
    "Recipe",
    "check_files",
    "import_files",
    "load_recipe",
    "look_at",
]
