"""Which of some labels a short text is about, by the words that each label has.

Made for what people write in a hurry, in bokmål, nynorsk, English and dialect:
inflections, compounds, typos and missing æ, ø and å are forgiven. All is kept in
memory and nothing is fetched; an index of 5,000 words is made in half a second.
"""

import math
import re
import unicodedata
from collections import defaultdict
from functools import lru_cache
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

LONGEST = 600  # characters and words of a text that are read: more makes nothing clearer
MOST_WORDS = 60

# æ, ø and å are also written ae, oe and aa, or a and o.
_LETTERS = str.maketrans({"æ": "a", "ä": "a", "å": "a", "ø": "o", "ö": "o", "'": None, "’": None})
_DIGRAPHS = re.compile("aa|ae|oe")

# Nynorsk and common dialect to bokmål, inside words and after the letters above.
_NYNORSK = [
    (re.compile(pattern), bokmal)
    for pattern, bokmal in [
        (r"veg(?!g|et|r)", "vei"), (r"vatn", "vann"), (r"vass(?=[a-z]{3})", "vann"), (r"skul(?=e)", "skol"),
        (r"oydel", "odel"), (r"lauv", "lov"), (r"laus", "los"), (r"^daud", "dod"), (r"dautt", "dod"),
        (r"royr", "ror"), (r"^hog(?=[est]?$)", "hoy"), (r"leg(?=[et]?$)", "lig"), (r"skeiv", "skjev"),
        (r"koyr", "kjor"), (r"grein", "gren"), (r"straum", "strom"), (r"flaum", "flom"), (r"leike", "leke"),
        (r"behaldar", "beholder"), (r"konteinar|konteiner", "container"), (r"rekning", "regning"),
        (r"vindaug", "vindu"), (r"^(ikkje|ikkj|inkje|itj|ittj|itte|ikk|ike)$", "ikke"),
        (r"lok(?=et$|$)", "lokk"),
        (r"glas(?=[ak-z]|et|$)", "glass"), (r"symj", "svomm"), (r"kyrkj", "kirk"), (r"sjuk", "syk"),
    ]
]  # fmt: skip

_ENDINGS = re.compile(
    r"(?<=...)(?:ingene|ingane|ingen|inga|inger|ingar|ing|heten|elsen|elser|else"
    r"|ene|ane|ende|ande|ers|ens|ets|ies|est|ed|er|ar|en|et|es|as|te|de|dd|a|e|s|t|i|y)$"
)

# Words that say nothing on their own; they count only within a phrase.
FILLERS = frozenset(
    word
    for line in (
        "i pa og er det en et ei a av til som med for den de der ved fra om at har ha hadde var vart blir",
        "ble bli blitt vi jeg du dere oss meg deg min mi mitt mine vare din ditt sin sitt sine han hun",
        "dem man seg sa na her hos mot over under etter enn ut opp ned inn utenfor foran bak mellom langs",
        "rundt nar hvor hva hvem hvorfor hvordan hvis men eller ogsa bare veldig helt litt noe noen alt",
        "alle ingen ikke kan ma skal vil ville kunne skulle far fikk fatt gar gikk gatt kommer kom ta tar",
        "tok sta star ligger lag ligge dag dager uke uker gang igjen fortsatt mange flere mer mye sammen",
        "annen andre selv eg ein eit ho dei me hja nokon noko nokre kva kven kvar kvifor korleis vore",
        "vera vere veret sjolv no skjer utanfor ligg gjer heile hele dykk dokker dykkar kjem e ae te ka",
        "kor mykje the an of in on to is are was were be been it its this that there here has have had",
        "and or but my our your we you he she they them us from with by near next outside not do does did",
        "can could would should will very so some any all when where what why how who please since again",
        "still just about after before up down out into than then ca kl nr hei hallo hello hi asker",
        "kommune kommunen municipality norge gata gate gaten street",
    )
    for word in line.split()
)


@lru_cache(maxsize=2_000)
def stem(word):
    """A word without its ending and without what tells nynorsk from bokmål: vegane → vei."""
    for pattern, bokmal in _NYNORSK:
        word = pattern.sub(bokmal, word)
    return _ENDINGS.sub("", _ENDINGS.sub("", word)) if len(word) > 5 else _ENDINGS.sub("", word)


def words_of(text):
    """The words of a text, in lower case, with the letters a to z and digits only."""
    plain = text[:LONGEST].casefold().translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return re.findall(r"[a-z0-9]+", _DIGRAPHS.sub(lambda match: match[0][0], plain))[:MOST_WORDS]


def _filler(word):
    """A filler as a part of phrases, so that it is never taken for the stem of another word."""
    return f"({word})"


class Index:
    """Labels with their words, ready to be asked which of them a text is about.

    labels: each label with its words and phrases. A word counts the more, the fewer
    labels share it; a phrase counts in addition, when the text holds most of it.
    """

    # Measured on the themes' tuning texts, with nearly half of the words left out and with typos put in.
    PHRASE = 0.5  # what a whole phrase adds, next to the words that it is made of
    FILLER = 0.4  # a filler's part of a phrase, where another word's is 1
    HELD = 0.6  # the part of a phrase that a text must hold
    IN_PHRASE = 0.8  # a phrase of n words is one use of each of them, divided by n to this power
    NEVER_ALONE = 0.4  # a word that stands only in phrases of n words weighs 1 / n to this power
    COMPOUND = 0.85  # a compound that is known by its parts only
    LIKE = 0.66  # from which likeness (0 to 1) a word is taken for a misspelt other
    TYPO = 1.0  # a word that is known by its likeness to another only
    SHARED = 0.8  # how much it costs a word to be shared between labels
    ENOUGH = 0.2  # below this, nothing is said

    def __init__(self, labels):
        counts = defaultdict(lambda: defaultdict(list))
        self.phrases = []
        self.phrases_with = defaultdict(list)
        for label, phrases in labels.items():
            for phrase in {tuple(words_of(phrase)) for phrase in phrases}:
                self._add(label, phrase, counts)
        self.weights = {word: self._shared_out(by_label) for word, by_label in counts.items()}
        self.by_length = defaultdict(list)
        for word in self.weights:
            self.by_length[len(word)].append(word)
        self.meant_by = lru_cache(maxsize=2_000)(self._meant_by)

    def _add(self, label, phrase, counts):
        telling = {stem(word) for word in phrase if word not in FILLERS}
        for word in telling:
            counts[word][label].append(len(telling))
        if len(phrase) > 1 and telling:
            parts = {_filler(word): self.FILLER for word in phrase if word in FILLERS}
            parts |= dict.fromkeys(telling, 1.0)
            for word in parts:
                self.phrases_with[word].append(len(self.phrases))
            self.phrases.append((label, parts))

    def _shared_out(self, by_label):
        """A word's weight for each of its labels (0 to 1): the less, the more labels share it.

        by_label: for each label the lengths of the phrases that the word stands in; 1 is the word alone.
        """
        use = {label: sum(n**-self.IN_PHRASE for n in lengths) for label, lengths in by_label.items()}
        total = sum(use.values())
        return {
            label: min(lengths) ** -self.NEVER_ALONE * (use[label] / total) ** self.SHARED
            for label, lengths in by_label.items()
        }

    def scores(self, text):
        """Every label that something speaks for, as (label, score), best first; empty for an unknown text."""
        words = words_of(text)
        found = self._found(words)
        totals = defaultdict(float)
        for word, sureness in found.items():
            for label, weight in self.weights[word].items():
                totals[label] += sureness * weight
        fillers = {_filler(word): 1.0 for word in words if word in FILLERS}
        for label, extra in self._whole_phrases(fillers | found).items():
            totals[label] += extra
        likely = [(label, score) for label, score in totals.items() if score >= self.ENOUGH]
        return sorted(likely, key=lambda item: -item[1])

    def _found(self, words):
        """The index's words that a text means, each with how sure that is (0 to 1)."""
        found = defaultdict(float)
        for word in set(words) - FILLERS:
            for meant, sureness in self.meant_by(word):
                found[meant] = max(found[meant], sureness)
        for first, second in pairwise(words):  # "lykte stolpe"
            joined = stem(first + second)
            if joined in self.weights:
                found[joined] = 1.0
        return found

    def _whole_phrases(self, found):
        """What phrases add: for each label the best of its phrases that the text holds."""
        held = defaultdict(float)
        for word, sureness in found.items():
            for number in self.phrases_with.get(word, ()):
                held[number] += sureness * self.phrases[number][1][word]
        extra = defaultdict(float)
        for number, weight in held.items():
            label, parts = self.phrases[number]
            whole = sum(parts.values())
            if weight >= self.HELD * whole:
                extra[label] = max(extra[label], self.PHRASE * (weight / whole) ** 2 * math.log2(1 + whole))
        return extra

    def _meant_by(self, word):
        """The index's words that a written word may stand for: itself, its parts, or what it is like."""
        root = stem(word)
        return [(root, 1.0)] if root in self.weights else self._parts(word) + self._misspelt(root)

    def _parts(self, word):
        """The index's words that a compound begins or ends with, the surer the more of it they are."""
        found = {}
        for cut in range(3, len(word) - 2):
            head, tail = word[:cut], word[cut:]
            for part in {head, stem(head), head.rstrip("s"), tail, stem(tail)} & self.weights.keys():
                sureness = self.COMPOUND * min(1.0, 0.35 + len(part) / len(word))
                found[part] = max(found.get(part, 0), sureness if len(part) > 3 else sureness * 0.6)
        return list(found.items())

    def _misspelt(self, root):
        """The index's words that are nearest to a word that it does not hold."""
        if len(root) < 4 or root.isdigit():
            return []
        near = [word for n in range(len(root) - 2, len(root) + 3) for word in self.by_length.get(n, ())]
        hits = process.extract(root, near, scorer=OSA.normalized_similarity, score_cutoff=self.LIKE, limit=4)
        return [(word, self.TYPO * like**2 * (1 if word[0] == root[0] else 0.85)) for word, like, _ in hits]
