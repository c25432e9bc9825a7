"""Figures of a classification by scikit-learn.

pip install scikit-learn==1.9.1 numpy==2.4.6

The classes are the labels that are expected. Kappa and MCC are null where one side has one label only: scikit-learn gives NaN or 0.
"""

import math
import random
import warnings

from sklearn import metrics

from write import write

warnings.filterwarnings("ignore")
chance = random.Random(20260704)


def figures(expected, predicted):
    classes = sorted(set(expected))

    def averaged(average):
        return metrics.precision_recall_fscore_support(expected, predicted, labels=classes, average=average, zero_division=0)

    precision, recall, f1, support = averaged(None)
    constant = len(set(expected)) == 1 or len(set(predicted)) == 1
    kappa = metrics.cohen_kappa_score(expected, predicted) if len(set(expected + predicted)) > 1 else math.nan
    return {
        "accuracy": metrics.accuracy_score(expected, predicted),
        "balanced_accuracy": metrics.balanced_accuracy_score(expected, predicted),
        "macro_precision": averaged("macro")[0],
        "macro_f1": averaged("macro")[2],
        "micro_f1": averaged("micro")[2] if len(set(expected + predicted)) > 1 else 1.0,
        "weighted_f1": averaged("weighted")[2],
        "cohen_kappa": None if math.isnan(kappa) else float(kappa),
        "mcc": None if constant else metrics.matthews_corrcoef(expected, predicted),
        "classes": classes,
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "support": support.tolist(),
        "confusion": metrics.confusion_matrix(expected, predicted, labels=classes).tolist(),
    }


EDGES = [
    (["a"], ["a"]),
    (["a"], ["b"]),
    (["a", "a", "a"], ["a", "a", "a"]),
    (["a", "a", "b"], ["a", "a", "a"]),
    (["a", "b"], ["b", "a"]),
    (["a", "a"], ["a", "b"]),
    (["a", "b", "c"], ["(none)", "(none)", "(none)"]),
    (["a", "b", "c"], ["a", "(none)", "c"]),
    (["a", "b", "b"], ["c", "d", "b"]),
    (["东京", "بيروت", "🙂", "e\u0301"], ["东京", "بيروت", "🙂", "é"]),
    (["a"] * 99 + ["b"], ["a"] * 100),
    (["x", "y"] * 50, ["x", "y"] * 50),
]


def random_case():
    labels = ["positive", "negative", "neutral", "混合", "ノイズ", "spam", "ham", "🚀"][: chance.randint(2, 8)]
    skill = chance.random()
    weights = [chance.random() + 0.05 for _ in labels]
    expected = chance.choices(labels, weights, k=chance.choice([3, 10, 40, 200]))
    guesses = labels + ["(none)", "never expected"][: chance.randint(0, 2)]
    return expected, [one if chance.random() < skill else chance.choice(guesses) for one in expected]


cases = EDGES + [random_case() for _ in range(60)]
write(
    "classification",
    ["scikit-learn", "numpy"],
    "accuracy_score, balanced_accuracy_score, precision_recall_fscore_support(labels=sorted(set(y_true)), zero_division=0), cohen_kappa_score, matthews_corrcoef, confusion_matrix",
    cases=[{"expected": e, "predicted": p, **figures(e, p)} for e, p in cases],
)
