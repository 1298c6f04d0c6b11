"""Computes more_statistics.json with scipy, lifelines and statsmodels, beside the values that statistics.json and
bouts.json were given with.

pip install scipy==1.17.1 lifelines==0.30.3 statsmodels==0.15.0 mpmath==1.3.0
python3 reference.py > more_statistics.json
"""

import json

import lifelines
import mpmath
import numpy
import scipy
import statsmodels
import statsmodels.api
from scipy import optimize, special, stats

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


def incomplete_beta(seen, of, p):
    return {"seen": seen, "of": of, "p": p, "at_least": float(special.betainc(seen, of - seen + 1, p))}


def rate_ratio_at_99(before, after):
    (x0, t0), (x1, t1) = before, after
    ratio = lambda p: p / (1 - p) * t0 / t1
    low = ratio(stats.beta.ppf(0.005, x1, x0 + 1)) if x1 else 0.0
    high = ratio(stats.beta.ppf(0.995, x1 + 1, x0)) if x0 else None
    counted = lambda pair: {"events": pair[0], "days": pair[1]}
    return {"before": counted(before), "after": counted(after), "exact_ci99": [low, high]}


def quasi_poisson_by_t(before, after, phi, freedom):
    (x0, t0), (x1, t1) = before, after
    log, error = numpy.log((x1 / t1) / (x0 / t0)), numpy.sqrt(max(1, phi) * (1 / x0 + 1 / x1))
    student = stats.t(freedom, loc=log, scale=error)
    return {
        "before": {"events": x0, "days": t0},
        "after": {"events": x1, "days": t1},
        "dispersion": phi,
        "freedom": freedom,
        "ci95": [float(end) for end in numpy.exp(student.interval(0.95))],
        "ci99": [float(end) for end in numpy.exp(student.interval(0.99))],
        "p": float(2 * stats.t.sf(abs(log) / error, freedom)),
    }


def dispersion_of_blocks(groups, joined=None):
    # `joined` has the blocks as they are after neighbours of which little is expected were joined by hand.
    blocks = [(g, *block) for g, group in enumerate(joined or groups) for block in group if block[1] > 0]
    group, events, days = (numpy.array(column) for column in zip(*blocks))
    rates = numpy.column_stack([group == g for g in sorted(set(group))]).astype(float)
    poisson = statsmodels.api.families.Poisson()
    fitted = statsmodels.api.GLM(events, rates, family=poisson, offset=numpy.log(days)).fit(tol=1e-14)
    statistic, freedom = float(fitted.pearson_chi2), int(fitted.df_resid)
    p = float(stats.chi2.sf(statistic, freedom))
    return {"groups": groups, "index": statistic / freedom, "freedom": freedom, "p": p}


def odds_ratio(first, second):
    table = [list(first), list(second)]
    (a, b), (c, d) = table
    conditional = stats.contingency.odds_ratio(table, kind="conditional")
    interval = conditional.confidence_interval(0.95)
    finite = lambda number: float(number) if numpy.isfinite(number) else None
    return {
        "first": first,
        "second": second,
        "sample": a * d / (b * c) if b * c else None,
        "conditional": finite(conditional.statistic),
        "exact_ci95": [float(interval.low), finite(interval.high)],
        "p": float(stats.fisher_exact(table).pvalue),
    }


def survival_median(observations, on_days):
    days, resolved = zip(*observations)
    fitted = lifelines.KaplanMeierFitter().fit(days, resolved, alpha=0.05)
    interval = lifelines.utils.median_survival_times(fitted.confidence_interval_)
    whole = lambda number: None if numpy.isnan(number) or numpy.isinf(number) else int(number)
    points = []
    for day in on_days:
        lasting = float(fitted.predict(day))
        step = fitted.confidence_interval_.loc[:day].iloc[-1]
        point = {"day": day, "still_sore": lasting}
        if 0 < lasting < 1:
            point["ci95"] = [float(x) for x in step]
        points.append(point)
    return {
        "observations": [{"day": day, "resolved": done} for day, done in observations],
        "median": whole(fitted.median_survival_time_),
        "median_ci95": [whole(x) for x in interval.iloc[0]],
        "shares": points,
    }


def split_mix(seed):
    mask = 2**64 - 1
    while True:
        seed = (seed + 0x9E3779B97F4A7C15) & mask
        mixed = ((seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9) & mask
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & mask
        yield mixed ^ (mixed >> 31)


def circular_mean_interval(minutes):
    angles = numpy.array(minutes) / 1440 * 2 * numpy.pi
    n = len(angles)
    mean = stats.circmean(angles)
    length = abs(numpy.exp(1j * angles).mean())
    dispersion = (1 - numpy.cos(2 * (angles - mean)).mean()) / (2 * length**2)
    # The same numbers as in Rust: below n by the upper 32 bits.
    bits = split_mix(1993)
    drawn = numpy.array([[(next(bits) >> 32) * n >> 32 for _ in range(n)] for _ in range(1999)])
    distances = numpy.abs(numpy.angle(numpy.exp(1j * (angles - mean))[drawn].mean(axis=1)))
    in_minutes = lambda angle: float(angle / (2 * numpy.pi) * 1440)
    return {
        "minutes": minutes,
        "mean_minute": in_minutes(mean),
        "by_z": in_minutes(numpy.arcsin(stats.norm.ppf(0.975) * numpy.sqrt(dispersion / n))),
        "by_t": in_minutes(numpy.arcsin(stats.t.ppf(0.975, n - 1) * numpy.sqrt(dispersion / n))),
        "bootstrap": in_minutes(numpy.sort(distances)[1899]),
    }


def slope(weeks):
    at, events, days = (numpy.array(column, dtype=float) for column in zip(*(w for w in weeks if w[2] > 0)))
    poisson = statsmodels.api.families.Poisson()
    design = statsmodels.api.add_constant(at - at.mean())
    fitted = statsmodels.api.GLM(events, design, family=poisson, offset=numpy.log(days)).fit(tol=1e-14, maxiter=500)
    freedom = fitted.df_resid
    phi = max(1.0, float(fitted.pearson_chi2 / freedom))
    error = float(numpy.sqrt(phi * fitted.cov_params(scale=1.0)[1, 1]))
    reach = float(stats.t.ppf(0.975, freedom)) * error
    percent = lambda beta: float(numpy.expm1(beta * 30.4375 / 7) * 100)
    beta = float(fitted.params[1])
    ends = [percent(beta - reach), percent(beta + reach)]
    return {"weeks": weeks, "percent_a_month": percent(beta), "ci95": ends, "phi": phi}


random = numpy.random.default_rng(20261124)
observed = lambda n, mean: [
    (int(min(d, 30)), bool(r)) for d, r in zip(random.poisson(mean, n), random.random(n) < 0.7)
]
print(
    json.dumps(
        {
            "source": f"scipy {scipy.__version__}, lifelines {lifelines.__version__}, mpmath {mpmath.__version__}, "
            f"statsmodels {statsmodels.__version__}",
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
            "incomplete_beta": [
                incomplete_beta(*case)
                for case in [
                    (4.036, 6.727, 1 / 3), (0.2, 5.5, 1 / 3), (5.5, 5.5, 1 / 3), (0.7, 300.25, 0.25), (31.4, 40.9, 1 / 3),
                    (9.3, 40.9, 1 / 3), (200_000.5, 600_000.75, 1 / 3), (1.5, 1.75, 0.99), (2_000.5, 2_100.5, 0.9583),
                    (500.5, 600.5, 1 / 3),
                ]
            ],
            "rate_ratio_at_99": [
                rate_ratio_at_99((20, 60), (8, 60)), rate_ratio_at_99((0, 28), (6, 21)),
                rate_ratio_at_99((6, 28), (0, 28)), rate_ratio_at_99((120, 300), (101, 250)),
            ],
            "quasi_poisson_by_t": [
                quasi_poisson_by_t((20, 60), (8, 60), 2.0, 16), quasi_poisson_by_t((20, 60), (8, 60), 0.7, 16),
                quasi_poisson_by_t((5, 14), (1, 14), 1.3, 1), quasi_poisson_by_t((37, 21), (2, 35), 2.64, 2),
                quasi_poisson_by_t((300, 365), (200, 365), 2.2, 102),
            ],
            "dispersion_of_blocks": [
                dispersion_of_blocks([[(7, 7), (7, 7), (0, 7), (0, 7)] * 3]),
                dispersion_of_blocks(
                    [
                        [(int(random.poisson(0.4 * days)), days) for days in [7, 7, 6, 7, 3, 7, 7, 5, 7, 7, 7, 4]],
                        [(int(random.poisson(0.9 * days)), days) for days in [7, 2, 7, 7, 7, 0, 7, 6]],
                    ]
                ),
                dispersion_of_blocks(
                    [[(1, 7), (0, 7), (0, 1), (2, 7), (0, 1), (0, 1)], [(3, 7)], [(0, 7), (0, 7)]],
                    joined=[[(1, 7), (0, 7), (2, 10)]],
                ),
            ],
            "odds_ratio": [
                odds_ratio((5, 20), (9, 10)), odds_ratio((0, 8), (5, 3)), odds_ratio((7, 0), (2, 6)),
                odds_ratio((3, 1), (1, 3)), odds_ratio((120, 80), (95, 105)), odds_ratio((1, 400), (30, 380)),
                odds_ratio((2, 2), (2, 2)), odds_ratio((6, 0), (0, 9)),
            ],
            "survival_medians": [
                # The example of the contract.
                survival_median(
                    [(0, True)] * 3 + [(1, True)] * 8 + [(1, False)] * 2 + [(2, True)] * 8 + [(2, False)]
                    + [(3, True)] * 8 + [(4, True)] * 2,
                    [0, 1, 2, 3, 7],
                ),
                survival_median(observed(40, 4), [1, 2, 3]),
                survival_median(observed(6, 2), [1, 2]),
                survival_median([(1, True), (3, False), (3, False), (4, False), (4, False)], [0, 1, 2, 3, 4]),
            ],
            "circular_mean_interval": [
                circular_mean_interval([1410.0, 72.0, 165.0, 180.0, 270.0, 1374.0, 18.0, 840.0]),
                circular_mean_interval([(150 + 70 * z) % 1440 for z in random.normal(size=12).tolist()]),
                circular_mean_interval([(10 + 120 * z) % 1440 for z in random.normal(size=40).tolist()]),
            ],
            "slope": [
                slope([(float(w), e, 7) for w, e in enumerate([3, 5, 2, 4, 3, 6, 4, 3, 2, 1, 2, 0, 1])]),
                slope([(float(w), int(e), int(d)) for w, e, d in zip(
                    range(30), random.negative_binomial(2, 0.4, 30), random.integers(0, 8, 30))]),
                slope([(0.0, 0, 7), (1.0, 5, 7), (2.0, 0, 7), (3.0, 0, 2)]),
                slope([(10.0, 1, 7), (11.0, 9, 7), (12.0, 4, 0), (13.0, 2, 3), (20.5, 40, 7)]),
            ],
        },
        indent=1,
    )
)
