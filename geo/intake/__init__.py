"""Files from outside become checked tables."""

from geo.intake.importer import import_files
from geo.intake.recipe import Recipe, load_recipe
from geo.intake.report import ImportReport

__all__ = ["ImportReport", "Recipe", "import_files", "load_recipe"]
