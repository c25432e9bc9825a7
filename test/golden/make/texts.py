"""Cases that the makers of this folder share: answers with their expected answers. Nothing is imported from packages."""

import random

# One answer, one or several expected answers: by hand, for what each metric could get wrong.
WRITTEN = [
    ("The cat sat on the mat.", ["The cat sat on the mat."]),
    ("The cat lay on the mat.", ["The cat sat on the mat.", "A cat was lying on the mat."]),
    ("On the mat the cat sat.", ["The cat sat on the mat."]),
    ("the the the the the the the", ["the cat is on the mat", "there is a cat on the mat"]),
    ("cat cat dog", ["dog dog cat cat cat"]),
    ("a b c d e f g h", ["h g f e d c b a"]),
    ("a", ["a"]),
    ("a b", ["a b"]),
    ("a b c", ["a b c", "a b c d e"]),
    ("Paris", ["paris"]),
    ("PARIS!", ["Paris."]),
    ("", ["Paris"]),
    ("Paris", [""]),
    ("", [""]),
    ("   \t\n ", ["Paris"]),
    ("Paris", [" \n\t "]),
    ("...", ["..."]),
    ("?!,;", ["Paris, France"]),
    ("New  York\n City", ["New York City"]),
    ("one\u00a0two\u2003three\u3000four", ["one two three four"]),
    ("It costs $1,000.50, i.e. 3.5% more.", ["It costs $ 1,000.50 , i.e. 3.5 % more ."]),
    ("state-of-the-art 10-year-old 2019-2020", ["state of the art, 10 year old, 2019 - 2020"]),
    ("don't, can't, O'Neill's", ["dont cant ONeills", "don't can't O'Neill's"]),
    ("\"Quoted\" &quot;entity&quot; &amp; &lt;b&gt;", ['"Quoted" "entity" & <b>']),
    ("hyphen-\nated words <skipped> here", ["hyphenated words here"]),
    ("(hi) [there] {you} <tag> a_b x|y ~z^", ["hi there you tag a_b x y z"]),
    ("e-mail: a@b.example, https://x.example/a?b=1&c=2", ["email a@b.example https://x.example/a?b=1"]),
    (".5 and 5. and .5. and ,", ["0.5 and 5 and 0.5"]),
    ("caf\u00e9 na\u00efve r\u00e9sum\u00e9", ["cafe naive resume", "caf\u00e9 na\u00efve resume"]),
    ("cafe\u0301 noir", ["caf\u00e9 noir"]),
    ("Stra\u00dfe \u1e9e STRASSE", ["strasse stra\u00dfe"]),
    ("\u0130stanbul \u0131\u015f\u0131k", ["istanbul i\u015fik"]),
    ("\u039f\u0394\u039f\u03a3 \u03bf\u03b4\u03cc\u03c2", ["\u03bf\u03b4\u03cc\u03c2 \u03bf\u03b4\u03bf\u03c2"]),
    ("\u041c\u043e\u0441\u043a\u0432\u0430 \u2014 \u0441\u0442\u043e\u043b\u0438\u0446\u0430 \u0420\u043e\u0441\u0441\u0438\u0438.", ["\u0421\u0442\u043e\u043b\u0438\u0446\u0430 \u0420\u043e\u0441\u0441\u0438\u0438 \u2014 \u041c\u043e\u0441\u043a\u0432\u0430."]),
    ("\u6771\u4eac\u90fd\u306b\u4f4f\u3093\u3067\u3044\u307e\u3059\u3002", ["\u6771\u4eac\u306b\u4f4f\u3093\u3067\u3044\u307e\u3059\u3002", "\u4eac\u90fd\u3067\u3059\u3002"]),
    ("\u6211\u7231\u5317\u4eac\uff0c\u5929\u5b89\u95e8\u30022019\u5e743.5%", ["\u6211\u7231\u5317\u4eac\u5929\u5b89\u95e8\u3002 2019 \u5e74 3.5 %"]),
    ("\u4f60\u597dhello\u4e16\u754cworld\uff01", ["hello \u4f60\u597d world \u4e16\u754c!"]),
    ("\U00020000\U0002a6d6\u4e2d", ["\U00020000 \u4e2d", "\u4e2d\U0002a6d6"]),
    ("\u201cquoted\u201d \u2026 \u2013 dash \u20ac5", ['"quoted" ... - dash \u20ac 5']),
    ("\ud55c\uad6d\uc5b4 \ubb38\uc7a5\uc785\ub2c8\ub2e4.", ["\ud55c\uad6d\uc5b4\uc758 \ubb38\uc7a5\uc785\ub2c8\ub2e4."]),
    ("\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e04\u0e23\u0e31\u0e1a", ["\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e04\u0e48\u0e30"]),
    ("\u0627\u0644\u0642\u0627\u0647\u0631\u0629 \u0639\u0627\u0635\u0645\u0629 \u0645\u0635\u0631\u060c \u0646\u0639\u0645\u061f", ["\u0639\u0627\u0635\u0645\u0629 \u0645\u0635\u0631 \u0627\u0644\u0642\u0627\u0647\u0631\u0629"]),
    ("\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd", ["\u05e9\u05b8\u05dc\u05d5\u05b9\u05dd \u05e2\u05d5\u05dc\u05dd"]),
    ("\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e", ["\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e!"]),
    ("\U0001f389 party \U0001f468\u200d\U0001f469\u200d\U0001f467 time", ["party \U0001f389 \U0001f468\u200d\U0001f469\u200d\U0001f467"]),
    ("\U0001f44d\U0001f3fd", ["\U0001f44d"]),
    ("one\u001ctwo\u001fthree\u0085four", ["one two three four"]),
    ("one\ufefftwo \u200bthree", ["one two three"]),
    ("12 monkeys, 12 monkeys, 13 monkeys", ["12 monkeys", "13 monkeys and 12 monkeys"]),
    ("Answer: 42", ["42", "forty-two", "The answer is 42."]),
]

VOCABULARY = (
    "the a of to in and is model answer question city river Paris London blue green 1969 3.14 not never while because "
    "although, therefore; however. (perhaps) \u00e9t\u00e9 \u00fcber \u6771\u4eac \u041c\u0438\u0440 \U0001f680 data-set can't"
).split()


def generated(count, seed, longest=40):
    """Random texts of known words; each expected answer is a changed copy of the answer or a text of its own."""
    chance = random.Random(seed)

    def text(length):
        return [chance.choice(VOCABULARY) for _ in range(length)]

    def changed(words):
        kept = [word for word in words if chance.random() > 0.2]
        return [chance.choice(VOCABULARY) if chance.random() < 0.2 else word for word in kept]

    cases = []
    for _ in range(count):
        words = text(chance.randint(1, longest))
        expected = [changed(words) if chance.random() < 0.8 else text(chance.randint(1, longest)) for _ in range(chance.randint(1, 3))]
        cases.append((" ".join(words), [" ".join(one) for one in expected]))
    return cases


# Texts of about a thousand words.
LONG = generated(2, seed=7, longest=2000)

CASES = WRITTEN + generated(30, seed=1) + LONG
