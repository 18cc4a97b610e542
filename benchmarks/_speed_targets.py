"""Targets of speed.py for each row: speedup, distance from the floor, and memory."""

# operation -> {size: {contender: at least so many times faster, "floor": at most so many times
# as slow, "MB": at most so much above the inputs}}
TARGETS = {
    "entropy": {
        "1e6 x 10": {"scikit-activeml": 40, "modAL": 1.5, "floor": 4, "MB": 20},
        "1e5 x 1000": {"scikit-activeml": 10, "modAL": 6, "floor": 2.5, "MB": 20},
    },
    "margin": {
        "1e6 x 10": {"scikit-activeml": 40, "modAL": 1.5, "floor": 10, "MB": 20},
        "1e5 x 1000": {"scikit-activeml": 10, "modAL": 6, "floor": 2.5, "MB": 20},
    },
    "least": {"1e6 x 10": {"scikit-activeml": 40, "modAL": 1.5, "floor": 10, "MB": 20}},
    "k-center": {
        "50k x 512, 500 picks": {"scikit-activeml": 60, "plain": 25, "floor": 3, "MB": 64},
        "20k x 64, 1000 picks": {"scikit-activeml": 35, "plain": 2, "MB": 48},
        "20k x 2, 500 picks": {"plain": 1},
    },
    "badge": {
        "20k x 512, C = 10": {"scikit-activeml": 300, "plain": 6, "floor": 1, "MB": 20},
        "20k x 512, C = 100": {"plain": 6, "floor": 1, "MB": 32},
        "2k x 512, C = 100": {"plain": 1},
    },
    "probcover": {"20k x 256": {"scikit-activeml": 12, "floor": 1.5, "MB": 150}},
    "typiclust": {"20k x 256": {"scikit-activeml": 1, "plain": 0.9}},
    "bald": {
        "100 x 20k x 10": {"scikit-activeml": 8, "baal": 3, "plain": 1.5, "floor": 3, "MB": 5}
    },
    "batchbald": {
        "100 x 2k x 10, m = 1000": {"scikit-activeml": 8, "batchbald_redux": 30, "MB": 32},
        "100 x 20k x 10, m = 10000": {"MB": 128},
    },
    "votes": {"100k x 10": {"scikit-activeml": 5, "modAL": 25, "floor": 5, "MB": 20}},
    "facility location": {
        "5k x 256": {"apricot": 2, "floor": 4},
        "20k x 256": {"floor": 4},
    },
    "error reduction": {"100 rows": {"scikit-activeml": 1.3, "plain": 0.9}},
    "balance": {
        "200k x 512, 1000 labels": {"plain": 200, "floor": 1, "MB": 42},
    },
}


def compare_with_target(operation, size, seconds, megabytes):
    """The target in words, and which part of it is missed.

    Parameters
    ----------
    operation, size : str
        The row.
    seconds : dict
        Contender to seconds, None where it has none.
    megabytes : float
        Extra memory of ours.

    Returns
    -------
    target, met : str
        Empty where nothing is asked.
    """
    asked = TARGETS.get(operation, {}).get(size, {})
    words, missed, unknown, own = [], [], [], seconds["skactive"]
    for name, limit in asked.items():
        if name == "MB":
            words.append(f"<= {limit} MB")
            holds = megabytes is None or megabytes <= limit
        elif not own or not seconds.get(name):
            words.append(f"{limit}x {name}")
            unknown.append(name)
            continue
        elif name == "floor":
            words.append(f"<= {limit}x floor")
            holds = own <= limit * seconds[name]
        else:
            words.append(f">= {limit}x {name}")
            holds = seconds[name] >= limit * own
        if not holds:
            missed.append(name)
    if not asked or not own:
        return ", ".join(words), ""
    if missed:
        return ", ".join(words), "no: " + ", ".join(missed)
    return ", ".join(words), "yes, not measured: " + ", ".join(unknown) if unknown else "yes"
