"""BLEU and chrF of sacreBLEU, for sentences and for corpora.

pip install sacrebleu==2.6.0
"""

from sacrebleu.metrics import BLEU, CHRF

from texts import CASES
from write import write

TOKENISERS = ["13a", "zh", "char"]
WORD_ORDERS = {"chrf": 0, "chrf++": 2}

sentence = {
    **{f"bleu:{name}": BLEU(tokenize=name, effective_order=True) for name in TOKENISERS},
    **{name: CHRF(word_order=order) for name, order in WORD_ORDERS.items()},
}
corpus = {
    **{f"bleu:{name}": BLEU(tokenize=name) for name in TOKENISERS},
    **{name: CHRF(word_order=order) for name, order in WORD_ORDERS.items()},
}


def share(score):
    return score.score / 100


def corpus_case(cases):
    """What a corpus of these cases scores; answers with fewer references than others have None in their place."""
    outputs = [output for output, _ in cases]
    most = max(len(expected) for _, expected in cases)
    references = [[expected[at] if at < len(expected) else None for _, expected in cases] for at in range(most)]
    scores = {}
    for name, metric in corpus.items():
        found = metric.corpus_score(outputs, references)
        scores[name] = {"score": share(found)}
        if name.startswith("bleu"):
            scores[name] |= {
                "brevityPenalty": found.bp,
                "precisions": [precision / 100 for precision in found.precisions],
                "lengthRatio": found.ratio,
            }
    return scores


# From where to where of the cases.
SLICES = [(start, start + size) for size in (1, 2, 5, 10) for start in range(0, len(CASES) - size, max(size, 6))] + [(0, len(CASES))]

write(
    "translation",
    ["sacrebleu"],
    "BLEU(tokenize, effective_order=True).sentence_score, CHRF(word_order=0 and 2).sentence_score; for the corpora, which are slices of the "
    "cases, BLEU(tokenize).corpus_score and CHRF.corpus_score; everything divided by 100",
    cases=[
        {
            "output": output,
            "expected": expected,
            **{name: share(metric.sentence_score(output, expected)) for name, metric in sentence.items()},
        }
        for output, expected in CASES
    ],
    corpora=[{"from": start, "to": end, **corpus_case(CASES[start:end])} for start, end in SLICES],
)
