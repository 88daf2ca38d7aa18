__name__ = "statistics"

import math


class StatisticsError(ValueError):
    pass


def _data(data, name, least=1):
    data = list(data)
    if len(data) < least:
        what = "one data point" if least == 1 else "two data points"
        raise StatisticsError(f"{name} requires at least {what}")
    return data


def fmean(data, weights=None):
    data = _data(data, "fmean")
    if weights is None:
        return math.fsum(data) / len(data)
    return math.fsum(x * w for x, w in zip(data, weights)) / math.fsum(weights)


def mean(data):
    data = _data(data, "mean")
    total = sum(data)
    if isinstance(total, int) and total % len(data) == 0:
        return total // len(data)
    return math.fsum(data) / len(data)


def median(data):
    data = sorted(data)
    n = len(data)
    if n == 0:
        raise StatisticsError("no median for empty data")
    if n % 2:
        return data[n // 2]
    return (data[n // 2 - 1] + data[n // 2]) / 2


def mode(data):
    counts = {}
    for x in data:
        counts[x] = counts.get(x, 0) + 1
    if not counts:
        raise StatisticsError("no mode for empty data")
    return max(counts, key=counts.get)


def pvariance(data, mu=None):
    data = _data(data, "pvariance")
    mu = fmean(data) if mu is None else mu
    return math.fsum((x - mu) ** 2 for x in data) / len(data)


def variance(data, xbar=None):
    data = _data(data, "variance", 2)
    xbar = fmean(data) if xbar is None else xbar
    return math.fsum((x - xbar) ** 2 for x in data) / (len(data) - 1)


def stdev(data, xbar=None):
    return math.sqrt(variance(data, xbar))


def pstdev(data, mu=None):
    return math.sqrt(pvariance(data, mu))
