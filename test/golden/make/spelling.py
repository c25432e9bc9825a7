"""Levenshtein similarity and Jaro-Winkler similarity of RapidFuzz, the latter confirmed by jellyfish for ASCII texts.

pip install rapidfuzz==3.14.6 jellyfish==1.3.0
"""

import random
import unicodedata

import jellyfish
from rapidfuzz.distance import JaroWinkler, Levenshtein

from texts import CASES
from write import write

NAMES = (
    "MARTHA/MARHTA DIXON/DICKSONX DWAYNE/DUANE JELLYFISH/SMELLYFISH ab/ba abcdef/fedcba abc/xbz kitten/sitting "
    "Dostoyevsky/Dostoevsky Schr\u00f6dinger/Schrodinger M\u00fcller/Mu\u0308ller \u6771\u4eac/\u4eac\u6771 "
    "\U0001f600\U0001f603/\U0001f603\U0001f600 \U0001f600a/\U0001f603a aaaa/aaab aaaaaaaa/aaaa abababab/babababa a/a a/b ab/a abcd/abcdefgh "
    "prefixone/prefixtwo Tchaikovsky/Chaikovskiy \u0645\u062d\u0645\u062f/\u0645\u062d\u0645\u0648\u062f \u1100\u1161/\uac00"
).split()


def random_pairs(count, seed):
    """Short strings over few letters, where places and repetitions matter most."""
    chance = random.Random(seed)
    letters = ["a", "b", "c", "\u00e9", "\U0001f680"]

    def word():
        return "".join(chance.choice(letters) for _ in range(chance.randint(0, 14)))

    return [(word(), [word() for _ in range(chance.randint(1, 2))]) for _ in range(count)]


def form(text):
    """What both scorers start from: NFC without the outer white space of JavaScript's trim()."""
    space = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
    return unicodedata.normalize("NFC", text).strip(space)


def best(similarity, output, expected):
    return max(similarity(form(output), form(one)) for one in expected)


def jaro_winkler(one, other):
    value = JaroWinkler.similarity(one, other)
    # jellyfish counts what a reader sees as one character, and finds two empty texts not alike.
    if one.isascii() and other.isascii() and one + other != "":
        assert abs(value - jellyfish.jaro_winkler_similarity(one, other)) < 1e-12, (one, other)
    return value


pairs = [(one, [other]) for one, other in (name.split("/") for name in NAMES)]

write(
    "spelling",
    ["rapidfuzz", "jellyfish"],
    "Levenshtein.normalized_similarity and JaroWinkler.similarity of rapidfuzz.distance over texts in NFC without outer white space; "
    "jellyfish.jaro_winkler_similarity agrees to 1e-12 on ASCII texts; of several expected answers the best",
    cases=[
        {
            "output": output,
            "expected": expected,
            "similarity": best(Levenshtein.normalized_similarity, output, expected),
            "jaro-winkler": best(jaro_winkler, output, expected),
        }
        for output, expected in [*pairs, *random_pairs(60, 3), *CASES]
    ],
)
