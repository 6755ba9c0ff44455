"""Purchase baskets as a sparse table: what the learning of complements and of re-buying computes on."""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array


@dataclass(frozen=True, slots=True, eq=False)
class Baskets:
    """Which of N products were in which of B baskets, each counted once.

    Attributes
    ----------
    skus : tuple of str, length N
        In the order they were first met.
    held : csr_array of float32, shape (B, N)
        1 where the basket held the product.
    """

    skus: tuple[str, ...]
    held: csr_array

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Products in each basket, shape (B,)."""
        return np.diff(self.held.indptr).astype(np.int64)

    @property
    def bought_in(self) -> NDArray[np.int64]:
        """Baskets that held each product, shape (N,)."""
        return np.bincount(self.held.indices, minlength=len(self.skus)).astype(np.int64)


def collect(rows: Iterable[tuple[Hashable, str]]) -> Baskets:
    """Baskets from (basket_id, sku) rows in any order, numbered as they are met; a row met twice counts once.

    A million rows take some 20 MB beside the names: nothing but two numbers is kept of a row.

    >>> collect([("1", "pasta"), ("1", "pasta"), ("2", "milk")]).held.shape
    (2, 2)
    >>> collect([]).skus
    ()
    """
    baskets: dict[Hashable, int] = {}
    products: dict[str, int] = {}
    basket_index, product_index = array("i"), array("i")
    for basket_id, sku in rows:
        basket_index.append(baskets.setdefault(basket_id, len(baskets)))
        product_index.append(products.setdefault(sku, len(products)))
    held = csr_array(
        (
            np.ones(len(basket_index), dtype=np.float32),
            (np.frombuffer(basket_index, dtype=np.int32), np.frombuffer(product_index, dtype=np.int32)),
        ),
        shape=(len(baskets), len(products)),
    )
    held.sum_duplicates()
    held.data[:] = 1.0
    return Baskets(tuple(products), held)
