"""A classifier whose fit fails on demand."""

from sklearn.naive_bayes import GaussianNB


class FailsOnDemand(GaussianNB):
    """Its fit raises an error while ``broken`` is True; set it with ``monkeypatch``."""

    broken = False

    def fit(self, X, y, sample_weight=None):
        if FailsOnDemand.broken:
            raise RuntimeError("out of memory")
        return super().fit(X, y, sample_weight)
