"""k-means over the rows of a pool, and which of its clusters still lack a label."""

import warnings

import numpy as np
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state

from .._greedy.nearest import SquaredDistances
from ..selection import round_robin

__all__ = ["k_means", "one_of_each_cluster"]

_MOST_ROWS = 100_000
_MOST_STEPS_OF_A_SAMPLE = 50


def k_means(vectors, n_clusters, random_state, n_init=1):
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
            return model.fit(vectors)
        drawn = check_random_state(random_state).permutation(vectors.shape[0])[:_MOST_ROWS]
        model.set_params(max_iter=_MOST_STEPS_OF_A_SAMPLE).fit(vectors[np.sort(drawn)])
    model.labels_ = model.predict(vectors)
    return model


def center_distances(vectors, model):
    """Squared distance of every row to the center of its own cluster, in float64."""
    distances = SquaredDistances(vectors)
    distances.add(model.cluster_centers_)
    own = np.empty(distances.n_rows)
    step = max(1, (1 << 18) // max(1, distances.n_features))
    for start in range(0, distances.n_rows, step):
        rows = np.arange(start, min(start + step, distances.n_rows))
        own[rows] = distances.exact(rows, model.labels_[rows])
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
