"""Ways to be wrong, each named for its sin and planted from outside; the service holds no trace of them.

One module for each part of the service; importing this package fills the register with all of them.
"""

import importlib
import pkgutil

for _each in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_each.name}")
