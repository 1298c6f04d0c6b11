"""Computes more_statistics.json with scipy and lifelines, beside the values that statistics.json was given with.

pip install scipy==1.17.1 lifelines==0.30.3 mpmath && python3 reference.py > more_statistics.json
"""

import json

import lifelines
import mpmath
import numpy
import scipy
from scipy import optimize, stats

mpmath.mp.dps = 40


def binomial_tails(k, n, p):
    # With 40 digits: double precision loses those of tails of a million trials.
    p_ = mpmath.mpf(p)
    term = lambda x: mpmath.binomial(n, x) * p_**x * (1 - p_) ** (n - x)
    exactly = term(k)

    def tail(ratios):
        total = current = exactly
        for ratio in ratios:
            current *= ratio
            total += current
            if current < total * mpmath.mpf(10) ** -30:
                break
        return total

    down = tail(mpmath.mpf(x + 1) * (1 - p_) / ((n - x) * p_) for x in range(k - 1, -1, -1)) if k <= n * p else None
    up = tail(mpmath.mpf(n - x + 1) * p_ / (x * (1 - p_)) for x in range(k + 1, n + 1)) if k > n * p else None
    at_most = down if down is not None else 1 - up + exactly
    at_least = up if up is not None else 1 - down + exactly
    return {"k": k, "n": n, "p": p, "at_most": float(at_most), "at_least": float(at_least), "exactly": float(exactly)}


def rate_ratio(before, after):
    (x0, t0), (x1, t1) = before, after
    n, p0 = x0 + x1, t1 / (t0 + t1)
    ratio = lambda p: p / (1 - p) * t0 / t1
    low = stats.beta.ppf(0.025, x1, n - x1 + 1)
    high = stats.beta.ppf(0.975, x1 + 1, n - x1)
    mid = lambda p: stats.binom.sf(x1, n, p) + stats.binom.pmf(x1, n, p) / 2
    solve = lambda f: optimize.brentq(f, 1e-12, 1 - 1e-12, xtol=1e-16, rtol=1e-14, maxiter=500)
    tails = [stats.binom.sf(x1 - 1, n, p0), stats.binom.cdf(x1, n, p0)]
    return {
        "before": {"events": x0, "days": t0},
        "after": {"events": x1, "days": t1},
        "rate_ratio": (x1 / t1) / (x0 / t0),
        "exact_ci95": [ratio(low), ratio(high)],
        "exact_p": min(1.0, 2 * min(tails)),
        "mid_p_ci95": [ratio(solve(lambda p: mid(p) - 0.025)), ratio(solve(lambda p: mid(p) - 0.975))],
        "mid_p": min(1.0, 2 * (min(tails) - stats.binom.pmf(x1, n, p0) / 2)),
    }


def poisson_rate(events, days):
    low = stats.chi2.ppf(0.025, 2 * events) / 2 / days if events else 0.0
    return {"events": events, "days": days, "low": low, "high": stats.chi2.ppf(0.975, 2 * events + 2) / 2 / days}


def dispersion(groups):
    statistic = sum(float(((numpy.array(g) - numpy.mean(g)) ** 2).sum() / numpy.mean(g)) for g in groups)
    freedom = sum(len(g) - 1 for g in groups)
    return {"groups": groups, "index": statistic / freedom, "p": float(stats.chi2.sf(statistic, freedom))}


def survival(observations):
    days, resolved = zip(*observations)
    fitted = lifelines.KaplanMeierFitter().fit(days, resolved, alpha=0.05)
    median = fitted.median_survival_time_
    points = []
    for day, lasting in fitted.survival_function_["KM_estimate"].items():
        low, high = (float(x) for x in fitted.confidence_interval_.loc[day])
        point = {"day": int(day), "still_sore": float(lasting)}
        if 0 < lasting < 1:
            point["ci95"] = [low, high]
        points.append(point)
    return {
        "observations": [{"day": day, "resolved": done} for day, done in observations],
        "survival": points,
        "median_days": None if numpy.isinf(median) else float(median),
    }


random = numpy.random.default_rng(20261124)
observed = lambda n, mean: [
    (int(min(d, 30)), bool(r)) for d, r in zip(random.poisson(mean, n), random.random(n) < 0.7)
]
print(
    json.dumps(
        {
            "source": f"scipy {scipy.__version__}, lifelines {lifelines.__version__}, mpmath {mpmath.__version__}",
            "binomial_tails": [
                binomial_tails(*case)
                for case in [
                    (0, 1, 0.3), (1, 1, 0.3), (3, 10, 1 / 3), (10, 10, 0.01), (0, 400, 0.25), (150, 400, 1 / 3),
                    (20, 400, 1 / 3), (333_333, 1_000_000, 1 / 3), (334_500, 1_000_000, 1 / 3),
                    (330_000, 1_000_000, 1 / 3), (500_000, 1_000_000, 0.5), (10, 1_000_000, 0.00001),
                    (999_990, 1_000_000, 0.99999), (17, 5_000, 0.002), (4_200, 5_000, 0.9),
                ]
            ],
            "rate_ratio_of_many": [
                rate_ratio((120, 300), (101, 250)),
                rate_ratio((5_000, 3_000), (4_700, 2_900)),
                rate_ratio((400_000, 10_000), (398_000, 10_000)),
                rate_ratio((1, 2), (900, 30_000)),
            ],
            "poisson_rate": [
                poisson_rate(*case)
                for case in [(0, 30), (1, 7), (5, 61), (40, 61), (365, 365), (100_000, 1_095), (1_000_000, 30_000)]
            ],
            "dispersion": [
                dispersion([random.poisson(0.4, 60).tolist(), random.poisson(0.2, 80).tolist()]),
                dispersion([(random.poisson(0.5, 40) * 3).tolist(), random.poisson(0.3, 30).tolist()]),
                dispersion([[0, 1, 0, 2, 1, 0, 0, 3]]),
            ],
            "survival_with_intervals": [
                survival(observed(8, 2)), survival(observed(40, 4)), survival(observed(300, 6)),
                survival([(0, True), (1, False), (1, False), (2, False)]),
            ],
        },
        indent=1,
    )
)
