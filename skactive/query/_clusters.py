"""k-means on the rows of a pool, and picks from its clusters."""

import warnings

import numpy as np
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state

from .._greedy.nearest import SquaredDistances
from ..selection import round_robin, slices
from ._draws import draw_with_weights

# least rows drawn for each cluster
_ROWS_A_CLUSTER = 20

__all__ = ["cluster_middles", "k_means", "one_of_each_cluster"]

_MOST_ROWS = 100_000
_MOST_STEPS_OF_A_SAMPLE = 50


def k_means(vectors, n_clusters, random_state, n_init=1, weights=None):
    """Fit k-means, with at most as many clusters as rows.

    With more than 100,000 rows, the centers are learned from 100,000 drawn ones.

    Parameters
    ----------
    vectors : ndarray or csr matrix, shape (n_rows, n_features)
        The rows.
    n_clusters : int
        Number of clusters. If there are fewer distinct rows, some clusters stay
        empty.
    random_state : RandomState or int
        Draws the first centers.
    n_init : int, default=1
        Number of runs; the best one counts.
    weights : ndarray of float, shape (n_rows,), default=None
        Weight of each row. None: all are equal.

    Returns
    -------
    model : KMeans
        Fitted.
    """
    n_clusters = min(n_clusters, vectors.shape[0])
    model = KMeans(n_clusters, n_init=n_init, random_state=random_state)
    with warnings.catch_warnings():
        # duplicate rows are not the user's error
        warnings.simplefilter("ignore", ConvergenceWarning)
        if vectors.shape[0] <= _MOST_ROWS:
            return model.fit(vectors, sample_weight=weights)
        drawn = check_random_state(random_state).permutation(vectors.shape[0])[:_MOST_ROWS]
        drawn = np.sort(drawn)
        model.set_params(max_iter=_MOST_STEPS_OF_A_SAMPLE)
        model.fit(vectors[drawn], sample_weight=None if weights is None else weights[drawn])
    model.labels_ = model.predict(vectors)
    return model


def cluster_middles(vectors, n, random_state, ties, weights=None, max_rows=None):
    """The row nearest to the center of each of n clusters.

    Parameters
    ----------
    vectors : ndarray or csr matrix, shape (n_rows, n_features)
        The rows.
    n : int
        Number of clusters and of rows to pick, 0 to n_rows.
    random_state : RandomState
        Draws the first centers.
    ties : skactive.selection.TieOrder
        The order of rows at equal distances.
    weights : ndarray of float, shape (n_rows,), default=None
        Weight of each row for the centers. None: all are equal.
    max_rows : int, default=None
        If there are more rows, the centers are learned from this many, at least 20 per
        cluster, drawn in proportion to their weights. None: from all rows.

    Returns
    -------
    positions : ndarray of int, shape (n,)
        Distinct positions, those of large clusters first. If clusters are empty, others
        have a second row.
    """
    n_rows = vectors.shape[0]
    n_drawn = n_rows if max_rows is None else max(max_rows, _ROWS_A_CLUSTER * n)
    if n == 0:
        return np.empty(0, dtype=np.intp)
    if n_rows <= n_drawn:
        model = k_means(vectors, n, random_state, weights=weights)
        clusters = model.labels_
    else:
        weights = np.ones(n_rows) if weights is None else weights
        rows, counts = draw_with_weights(weights, n_drawn, random_state)
        model = k_means(vectors[rows], n, random_state, weights=counts)
        clusters = model.predict(vectors)
    n_labeled = np.zeros(model.n_clusters, dtype=np.intp)
    nearness = -center_distances(vectors, model, clusters)
    return one_of_each_cluster(clusters, nearness, n_labeled, n, ties)


def center_distances(vectors, model, clusters=None):
    """Squared distance of every row to the center of its own cluster, in float64."""
    clusters = model.labels_ if clusters is None else clusters
    distances = SquaredDistances(vectors)
    distances.add(model.cluster_centers_)
    own = np.empty(distances.n_rows)
    for block in slices(distances.n_rows, (1 << 18) // max(1, distances.n_features)):
        rows = np.arange(block.start, block.stop)
        own[rows] = distances.exact(rows, clusters[rows])
    return own


def one_of_each_cluster(clusters, scores, n_labeled, n, ties=None):
    """Pick rows from clusters in turn: those with the fewest labels first, then the largest.

    Parameters
    ----------
    clusters : ndarray of int, shape (n_rows,)
        Cluster of each row.
    scores : ndarray of float, shape (n_rows,)
        Higher is better within a cluster; -inf for rows that are not free.
    n_labeled : ndarray of int, shape (n_clusters,)
        Number of labels in each cluster.
    n : int
        Number of rows to pick, at most the number of free rows.
    ties : skactive.selection.TieOrder, default=None
        The order of rows with equal scores. None: ``TieOrder()``.

    Returns
    -------
    positions : ndarray of int, shape (n,)
        Free rows: one of each cluster in this order, then another one of each.
    """
    sizes = np.bincount(clusters, minlength=len(n_labeled))
    place = np.empty(len(n_labeled), dtype=np.intp)
    place[np.lexsort((-sizes, n_labeled))] = np.arange(len(n_labeled))
    order = round_robin(place[clusters], scores, by_group=True, ties=ties)
    return order[np.isfinite(scores[order])][:n]
