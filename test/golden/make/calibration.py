"""Brier score by scikit-learn, calibration errors by numpy as in the code of Guo et al. 2017.

pip install scikit-learn==1.9.1 numpy==2.4.6

Bins are (lo, hi], 10 of equal width; 0 is put into the first one, which in the original is in none.
"""

import random

import numpy as np
from sklearn.metrics import brier_score_loss

from write import write

chance = random.Random(20260704)
EDGES = [k / 10 for k in range(11)]


def errors(confidences, right):
    confidences, right = np.array(confidences), np.array(right, dtype=float)
    gaps, ece = [0.0], 0.0
    for low, high in zip(EDGES, EDGES[1:]):
        inside = ((confidences > low) | (low == 0)) & (confidences <= high)
        if inside.any():
            gap = abs(confidences[inside].mean() - right[inside].mean())
            gaps.append(gap)
            ece += gap * inside.mean()
    return {
        "brier": brier_score_loss(right, confidences, pos_label=1) if len(set(right)) > 1 else float(np.mean((confidences - right) ** 2)),
        "ece": float(ece),
        "mce": float(max(gaps)),
        "mean_confidence": float(confidences.mean()),
        "accuracy": float(right.mean()),
        "overconfidence": float(confidences.mean() - right.mean()),
    }


EDGE_CASES = [
    ([0.0], [0]),
    ([0.0], [1]),
    ([1.0], [1]),
    ([1.0, 1.0], [0, 1]),
    (EDGES, [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1]),
    ([0.5] * 7, [1, 0, 1, 1, 0, 0, 1]),
    ([0.3, 0.6, 0.7, 0.9, 0.1], [0, 1, 1, 1, 0]),
]


def random_case():
    count = chance.choice([1, 2, 5, 30, 300])
    decimals = chance.choice([1, 2, 3, 16])
    confidences = [round(chance.betavariate(2, 1), decimals) for _ in range(count)]
    slope = chance.random()
    return confidences, [int(chance.random() < slope * p + (1 - slope) * 0.5) for p in confidences]


write(
    "calibration",
    ["scikit-learn", "numpy"],
    "brier_score_loss(y_true, y_prob); with one class alone, which it refuses, the mean of the squares. ECE and MCE: gaps of 10 bins (lo, hi] with numpy",
    cases=[{"confidences": c, "right": r, **errors(c, r)} for c, r in EDGE_CASES + [random_case() for _ in range(60)]],
)
