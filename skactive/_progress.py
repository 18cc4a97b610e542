"""How far a long piece of work is."""


def track(results, total, *, verbose, description, unit):
    """Hand results on as they come and show how many there are.

    Parameters
    ----------
    results : iterable
        What is waited for.
    total : int
        How many there will be.
    verbose : int
        0 shows nothing.
    description : str
        What is under way.
    unit : str
        What a result is, in the plural.

    Returns
    -------
    results : iterable
        The same, with a bar of tqdm, or a printed line each where tqdm is not
        installed.
    """
    if not verbose:
        return results
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return _printed(results, total, description, unit)
    return tqdm(results, total=total, desc=description, unit=f" {unit}")


def _printed(results, total, description, unit):
    for n_done, result in enumerate(results, start=1):
        print(f"[{description}] {n_done}/{total} {unit}", flush=True)
        yield result
