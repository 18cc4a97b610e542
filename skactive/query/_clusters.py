"""k-means over the rows of a pool, and which of its clusters still lack a label."""

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
    """Clusters by k-means, no more of them than rows.

    Of more than 100,000 rows the centers are learned from 100,000 drawn ones.

    Parameters
    ----------
    vectors : ndarray or csr matrix, shape (n_rows, n_features)
        The rows.
    n_clusters : int
        How many clusters; distinct rows may be fewer, and some clusters then
        stay empty.
    random_state : RandomState or int
        Draws the first centers.
    n_init : int, default=1
        Of so many runs the best counts.
    weights : ndarray of float, shape (n_rows,), default=None
        How much each row counts. None: all alike.

    Returns
    -------
    model : KMeans
        Fitted.
    """
    n_clusters = min(n_clusters, vectors.shape[0])
    model = KMeans(n_clusters, n_init=n_init, random_state=random_state)
    with warnings.catch_warnings():
        # duplicates are no error of the user
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
        How many clusters and rows, 0 to n_rows.
    random_state : RandomState
        Draws the first centers.
    ties : skactive.selection.TieOrder
        Which of equally near rows comes first.
    weights : ndarray of float, shape (n_rows,), default=None
        How much each row counts for the centers. None: all alike.
    max_rows : int, default=None
        Where there are more rows, so many drawn in proportion to their weights, at least
        20 for each cluster, make the centers. None: all rows do.

    Returns
    -------
    positions : ndarray of int, shape (n,)
        Distinct ones, those of larger clusters first; where clusters stay empty, others
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
    """Rows of the clusters in turn, first of those with the fewest labels, then of the largest.

    Parameters
    ----------
    clusters : ndarray of int, shape (n_rows,)
        Cluster of each row.
    scores : ndarray of float, shape (n_rows,)
        Higher is better within a cluster; -inf where a row is not free.
    n_labeled : ndarray of int, shape (n_clusters,)
        Labels in each cluster.
    n : int
        How many rows, at most the number of free ones.
    ties : skactive.selection.TieOrder, default=None
        Which of equal scores comes first. None: ``TieOrder()``.

    Returns
    -------
    positions : ndarray of int, shape (n,)
        Free rows: one of each cluster, in that order, then another of each.
    """
    sizes = np.bincount(clusters, minlength=len(n_labeled))
    place = np.empty(len(n_labeled), dtype=np.intp)
    place[np.lexsort((-sizes, n_labeled))] = np.arange(len(n_labeled))
    order = round_robin(place[clusters], scores, by_group=True, ties=ties)
    return order[np.isfinite(scores[order])][:n]
