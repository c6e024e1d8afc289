"""Seeded draws and small curve tools that every part of the demo shares."""

from __future__ import annotations

import zlib
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["LAND_SEED", "Bools", "Floats", "Ints", "draws", "fractal", "rounded_corners"]

Floats: TypeAlias = NDArray[np.floating[Any]]
Ints: TypeAlias = NDArray[np.signedinteger[Any]]
Bools: TypeAlias = NDArray[np.bool_]

LAND_SEED = 7
"""The made-up county is one place: the user's seed draws what happened there, not the land."""


def draws(seed: int, part: str) -> np.random.Generator:
    """Give the random stream of one part, so that a change in one part moves no other.

    >>> draws(1, "rivers").integers(100) == draws(1, "rivers").integers(100)
    np.True_
    """
    return np.random.Generator(np.random.PCG64([seed, zlib.crc32(part.encode())]))


def fractal(shape: tuple[int, int], *, roughness: float, rng: np.random.Generator) -> Floats:
    """Draw a random surface whose spectrum falls like frequency to the power -roughness.

    Returns an array of `shape` with mean 0 and standard deviation 1; it wraps around.
    Source: spectral synthesis, Peitgen & Saupe (1988), The Science of Fractal Images.
    """
    rows = np.fft.fftfreq(shape[0])[:, None] * shape[0]
    cols = np.fft.rfftfreq(shape[1])[None, :] * shape[1]
    frequency = np.hypot(rows, cols)
    frequency[0, 0] = np.inf
    spectrum = np.fft.rfft2(rng.standard_normal(shape)) * frequency**-roughness
    surface: Floats = np.fft.irfft2(spectrum, shape)
    surface /= surface.std()
    return surface


def rounded_corners(line: Floats, *, rounds: int = 2) -> Floats:
    """Cut the corners of a line `(n, 2)`; a closed line stays closed, an open one keeps its ends.

    Source: Chaikin (1974), Computer Graphics and Image Processing 3.

    >>> rounded_corners(np.array([[0.0, 0], [4, 0], [4, 4]]), rounds=1).tolist()
    [[0.0, 0.0], [3.0, 0.0], [4.0, 1.0], [4.0, 4.0]]
    """
    for _ in range(rounds):
        line = _cut_once(line)
    return line


def _cut_once(line: Floats) -> Floats:
    if len(line) < 3:
        return line
    closed = bool((line[0] == line[-1]).all())
    near = line[:-1] * 0.75 + line[1:] * 0.25
    far = line[:-1] * 0.25 + line[1:] * 0.75
    cut = np.stack([near, far], axis=1).reshape(-1, 2)
    if closed:
        return np.vstack([cut, cut[:1]])
    return np.vstack([line[:1], cut[1:-1], line[-1:]])
