"""All the paths of dynamic time warping through small matrices."""


def paths(n, m):
    """All monotone paths from (0, 0) to (n - 1, m - 1)."""
    if (n, m) == (1, 1):
        return [[(0, 0)]]
    before = [(n - down, m - right) for down, right in ((1, 1), (1, 0), (0, 1)) if n > down and m > right]
    return [[*path, (n - 1, m - 1)] for size in before for path in paths(*size)]
