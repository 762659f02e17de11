"""The parts of FastAPI that it does not promise to keep; nothing else of ours imports them.

`tests/api/test_fastapi_internals.py` fails when an upgrade changes what we rely on.
"""

from fastapi._compat import ModelField
from fastapi.dependencies.models import Dependant
from fastapi.utils import create_model_field

__all__ = ["Dependant", "ModelField", "create_model_field"]
