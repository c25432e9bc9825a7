"""ROUGE-1, ROUGE-2 and ROUGE-L of Google's rouge-score.

pip install rouge-score==0.1.2
"""

from rouge_score.rouge_scorer import RougeScorer

from texts import CASES
from write import write

TYPES = {"rouge-1": "rouge1", "rouge-2": "rouge2", "rouge-l": "rougeL"}
scorer = RougeScorer(list(TYPES.values()), use_stemmer=False)


def best(output, expected):
    """Of each measure the best over the expected answers."""
    scores = [scorer.score(one, output) for one in expected]
    return {
        name: {
            "f": max(score[kind].fmeasure for score in scores),
            "precision": max(score[kind].precision for score in scores),
            "recall": max(score[kind].recall for score in scores),
        }
        for name, kind in TYPES.items()
    }


write(
    "rouge",
    ["rouge-score"],
    "RougeScorer(['rouge1', 'rouge2', 'rougeL'], use_stemmer=False).score(expected, output); of several expected answers the best of each measure",
    cases=[{"output": output, "expected": expected, **best(output, expected)} for output, expected in CASES],
)
