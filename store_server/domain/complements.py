"""Which products are bought together: learned from baskets by EASE^R, kept as a short list per product.

EASE^R (Steck 2019, "Embarrassingly shallow autoencoders for sparse data") predicts each product from the others in the basket by
ridge regression, in closed form. A large basket says less about any pair in it, so each basket counts by ``size ** -exponent``.
It was the best of twelve methods on held-back baskets. Products bought too seldom for a regression fall back to how much more
often the other product is in their baskets than in all.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack

from store_server.domain.baskets import Baskets, collect

KEPT = 100
"""Neighbours kept per product: what lies behind them never reaches a shopper."""
MAX_LEARNED = 4_000
"""Products the regression covers, the most bought first: its matrix grows with the square (4,000: 128 MB)."""
LEARNED_FROM_BASKETS = 5
"""Products in fewer baskets take the fallback."""
THIN_BASKETS = 10
"""The fallback believes a product's own baskets as much as all others once there are so many."""
REGULARISATION = 30.0
SIZE_EXPONENT = 0.5
_BLOCK = 512
"""Rows worked on at once, so that memory is bounded."""


@dataclass(frozen=True, slots=True, eq=False)
class Complements:
    """What was learned, ready to serve; frozen.

    Attributes
    ----------
    skus : tuple of str, length N
    baskets : int
        How many baskets it was learned from.
    bought_in : ndarray of int64, shape (N,)
        Baskets that held each product.
    neighbours : ndarray of int32, shape (N, K)
        Indices into ``skus`` of what goes with each product, best first; -1 where there are no more.
    weights : ndarray of float32, shape (N, K)
        How strongly; 0 where there are no more.
    together : ndarray of int32, shape (N, K)
        Baskets that held both.
    """

    skus: tuple[str, ...]
    baskets: int
    bought_in: NDArray[np.int64]
    neighbours: NDArray[np.int32]
    weights: NDArray[np.float32]
    together: NDArray[np.int32]
    index: Mapping[str, int] = field(init=False, repr=False)
    """sku -> its place in ``skus``."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", {sku: i for i, sku in enumerate(self.skus)})

    def to_bytes(self) -> bytes:
        """As a NumPy archive without pickled objects."""
        buffer = io.BytesIO()
        names = np.frombuffer(json.dumps(self.skus).encode(), dtype=np.uint8)
        np.savez_compressed(
            buffer,
            skus=names,
            baskets=np.int64(self.baskets),
            bought_in=self.bought_in,
            neighbours=self.neighbours,
            weights=self.weights,
            together=self.together,
        )
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Complements:
        """The inverse of ``to_bytes``.

        Raises
        ------
        ValueError
            If the content is not what ``to_bytes`` wrote.
        """
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as archive:
                skus = json.loads(archive["skus"].tobytes())
                learned = cls(
                    tuple(skus),
                    int(archive["baskets"]),
                    archive["bought_in"],
                    archive["neighbours"],
                    archive["weights"],
                    archive["together"],
                )
        except (KeyError, EOFError, OSError, ValueError, TypeError, zipfile.BadZipFile) as error:
            raise ValueError("these are no learned complements: learn them anew from the baskets") from error
        shape = learned.neighbours.shape
        if shape != learned.weights.shape or shape != learned.together.shape or shape[:1] != (len(skus),):
            raise ValueError("these learned complements do not fit together: learn them anew from the baskets")
        return learned


NOTHING_LEARNED: Final = Complements(
    (),
    0,
    np.zeros(0, np.int64),
    np.zeros((0, KEPT), np.int32),
    np.zeros((0, KEPT), np.float32),
    np.zeros((0, KEPT), np.int32),
)


def fit(rows: Iterable[tuple[str, str]]) -> Complements:
    """Learn what is bought together.

    Parameters
    ----------
    rows : iterable of (basket_id, sku)
        In any order. 3,000 products in 50,000 baskets take some 2 s.

    Returns
    -------
    Complements
        With nothing in it where there are no rows.
    """
    return learn(collect(rows))


def learn(baskets: Baskets, kept: int = KEPT) -> Complements:
    """The same from baskets collected before."""
    if not baskets.skus:
        return NOTHING_LEARNED
    bought_in = baskets.bought_in
    by_sales = np.argsort(-bought_in, kind="stable")
    learned = by_sales[:MAX_LEARNED]
    learned = np.sort(learned[bought_in[learned] >= LEARNED_FROM_BASKETS])
    count = len(baskets.skus)
    kept = min(kept, max(count - 1, 1))
    neighbours = np.full((count, kept), -1, dtype=np.int32)
    weights = np.zeros((count, kept), dtype=np.float32)
    together = np.zeros((count, kept), dtype=np.int32)
    regression = regression_weights(baskets, learned) if len(learned) else np.zeros((0, 0))
    row_of = np.full(count, -1)
    row_of[learned] = np.arange(len(learned))
    by_product = baskets.held.T.tocsr()
    share = bought_in / baskets.held.shape[0]
    for start in range(0, count, _BLOCK):
        block = np.arange(start, min(start + _BLOCK, count))
        both = (by_product[block] @ baskets.held).toarray()
        own = bought_in[block][:, None]
        strength = (both / own - share) * (own / (own + THIN_BASKETS))
        in_block = row_of[block] >= 0
        strength[in_block] = 0.0
        strength[np.ix_(in_block, learned)] = regression[row_of[block[in_block]]]
        strength[np.arange(len(block)), block] = 0.0
        best = np.argpartition(-strength, kept - 1, axis=1)[:, :kept]
        best = np.take_along_axis(best, np.argsort(-np.take_along_axis(strength, best, 1), axis=1, kind="stable"), 1)
        value = np.take_along_axis(strength, best, axis=1)
        is_good = value > 0
        neighbours[block] = np.where(is_good, best, -1)
        weights[block] = np.where(is_good, value, 0.0)
        together[block] = np.where(is_good, np.take_along_axis(both, best, axis=1), 0)
    return Complements(baskets.skus, baskets.held.shape[0], bought_in, neighbours, weights, together)


def regression_weights(
    baskets: Baskets,
    products: NDArray[np.int64],
    regularisation: float = REGULARISATION,
    size_exponent: float = SIZE_EXPONENT,
) -> NDArray[np.float64]:
    """EASE^R on size-weighted baskets.

    Parameters
    ----------
    baskets : Baskets
    products : ndarray of int, shape (M,)
        The products to regress, as indices into ``baskets.skus``.
    regularisation, size_exponent : float

    Returns
    -------
    ndarray, shape (M, M)
        ``[i, j]``: what product i in the basket adds to the score of product j; 0 on the diagonal.
    """
    held = baskets.held[:, products]
    weight = np.maximum(baskets.sizes, 1) ** -size_exponent
    weighted = (held.multiply(weight[:, None])).tocsr().astype(np.float64)
    by_product = held.T.tocsr()
    gram = np.empty((len(products), len(products)), order="F")
    for start in range(0, len(products), _BLOCK):
        gram[start : start + _BLOCK] = (by_product[start : start + _BLOCK] @ weighted).toarray()
    gram[np.diag_indices_from(gram)] += regularisation
    factor, _ = lapack.dpotrf(gram, lower=1, overwrite_a=1)
    inverse: NDArray[np.float64]
    inverse, _ = lapack.dpotri(factor, lower=1, overwrite_c=1)
    _mirror(inverse)
    inverse /= -np.diag(inverse).copy()
    np.fill_diagonal(inverse, 0.0)
    return inverse


def _mirror(matrix: NDArray[np.float64]) -> None:
    """Copy the lower triangle over the upper one, block by block: whole index arrays would be larger than the matrix."""
    for start in range(0, len(matrix), _BLOCK):
        end = min(start + _BLOCK, len(matrix))
        matrix[start:end, end:] = matrix[end:, start:end].T
        corner = matrix[start:end, start:end]
        corner += np.tril(corner, -1).T - np.triu(corner, 1)
