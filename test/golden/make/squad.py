"""F1 and exact match of SQuAD v1.1. No package: the file evaluate-v1.1.py is on no package registry.

normalize_answer, f1_score, exact_match_score and metric_max_over_ground_truths are written down here as they are published
with the data set (Rajpurkar et al. 2016, https://rajpurkar.github.io/SQuAD-explorer/).
"""

import json
import re
import string
from collections import Counter
from pathlib import Path

from texts import CASES
from write import write


def normalize_answer(s):
    def remove_articles(text):
        return re.sub(r"\b(a|an|the)\b", " ", text)

    def white_space_fix(text):
        return " ".join(text.split())

    def remove_punc(text):
        exclude = set(string.punctuation)
        return "".join(ch for ch in text if ch not in exclude)

    return white_space_fix(remove_articles(remove_punc(s.lower())))


def f1_score(prediction, ground_truth):
    prediction_tokens = normalize_answer(prediction).split()
    ground_truth_tokens = normalize_answer(ground_truth).split()
    common = Counter(prediction_tokens) & Counter(ground_truth_tokens)
    num_same = sum(common.values())
    if num_same == 0:
        return 0
    precision = 1.0 * num_same / len(prediction_tokens)
    recall = 1.0 * num_same / len(ground_truth_tokens)
    return (2 * precision * recall) / (precision + recall)


def exact_match_score(prediction, ground_truth):
    return normalize_answer(prediction) == normalize_answer(ground_truth)


def metric_max_over_ground_truths(metric_fn, prediction, ground_truths):
    return max(metric_fn(prediction, ground_truth) for ground_truth in ground_truths)


OWN = json.loads(Path(__file__).with_name("squad-cases.json").read_text())

write(
    "squad",
    [],
    "normalize_answer, f1_score, exact_match_score and metric_max_over_ground_truths of SQuAD's evaluate-v1.1.py, written down in "
    "make/squad.py. Where both sides have no words left, f1 departs (SQuAD 2.0).",
    cases=[
        {
            "output": output,
            "expected": expected,
            "f1": metric_max_over_ground_truths(f1_score, output, expected),
            "exact": metric_max_over_ground_truths(exact_match_score, output, expected),
        }
        for output, expected in [*OWN, *CASES]
    ],
)
