"""Do two columns put the same trials in the same order?"""

import numpy as np
import pandas as pd


def spearman(a: pd.Series, b: pd.Series) -> float:
    """Spearman's rank correlation, -1..1; ties have the mean of their ranks.

    Missing (NaN) where a column has no two different values: there is no order to compare.

    >>> round(spearman(pd.Series([1, 2, 3, 4]), pd.Series([1, 3, 2, 4])), 6)
    0.8
    """
    return _correlation(a, b, "spearman")


def kendall(a: pd.Series, b: pd.Series) -> float:
    """Kendall's tau-b, -1..1: without ties, 1 minus twice the share of pairs in the other order.

    Missing (NaN) where a column has no two different values.

    >>> round(kendall(pd.Series([1, 2, 3, 4]), pd.Series([1, 3, 2, 4])), 6)  # one pair of six
    0.666667
    """
    return _correlation(a, b, "kendall")


def _correlation(a: pd.Series, b: pd.Series, method: str) -> float:
    if a.nunique() < 2 or b.nunique() < 2:
        return np.nan
    return float(a.corr(b, method=method))
