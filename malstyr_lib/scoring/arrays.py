"""The arrays that the science counts in, by what they hold."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Ints = NDArray[np.signedinteger[Any]]
Marks = NDArray[np.bool_]
Codes = NDArray[np.int8]
"""Colours as numbers: `colour.CODES`."""
