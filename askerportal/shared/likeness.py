"""Which of some labels a short text is about, by the words that each label has.

Made for what people write in a hurry, in bokmål, nynorsk, English and dialect:
inflections, compounds, typos and missing æ, ø and å are forgiven. All is kept in
memory and nothing is fetched; an index of 12,000 words and phrases is made in half a second.
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
_DIGRAPHS = re.compile(r"aa|ae|oe(?!ne?s?\b)")  # but sjø-en and nabo-en end in -en

# What the letters above would make into other words: røtter (roots) and rotter (rats), fælt and falt.
_UNLIKE = {"røtter": "trerot", "røttene": "trerot", "fælt": "veldig", "hæll": "skakke", "åt": "til"}
_UNLIKE_WORD = re.compile(rf"\b(?:{'|'.join(_UNLIKE)})\b")
# The number three, and not a tree.
_THREE = re.compile(
    r"\btre (?=(?:hele |heile |hela |nye |andre |store |sma )?"
    r"(?:dag|dog|uk|ve?k|mane|mana|ar\b|time|tima|minutt|gang|gong|stykk|meter|cm|km|barn|rott|mus"
    r"|lamp|lyk|stolp|bil|hus|nabo|pose|sekk|dunk|hull|hol|person|ung|av\b|fire\b|pa rad))"
)

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
        (r"lok(?=et$|$)", "lokk"), (r"^ong(?=[aed]|$)", "ung"), (r"^dau(?=$|[ea]$|tt)", "dod"),
        (r"gras", "gress"), (r"^heim", "hjem"), (r"(?<=[a-z]{3})li$", "lig"), (r"sprokk", "sprukk"),
        (r"^rot(?:n|na|nar|ne|ten)$|^rotten$", "ratten"), (r"^vekke$", "borte"), (r"^hul$", "hull"),
        (r"^dyr(?=t$|are$|ere$|est$)", "kostbar"),
        (r"glas(?=[ak-z]|et|$)", "glass"), (r"symj", "svomm"), (r"kyrkj", "kirk"), (r"sjuk", "syk"),
    ]
]  # fmt: skip

_ENDINGS = re.compile(
    r"(?<=...)(?:ingene|ingane|ingen|inga|inger|ingar|ing|heten|elsen|elser|else"
    r"|ene|ane|ende|ande|ers|ens|ets|ies|est|ed|er|ar|en|et|es|as|(?<!t)te|(?<!d)de|dd|a|e|s|(?<!t)t|i|y)$"
)

# Words that say nothing on their own; they count only within a phrase.
FILLERS = frozenset(
    word
    for line in (
        "i pa og er det en et ei a av til som med for den de der ved fra om at har ha hadde var vart",
        "blir ble bli blitt vi jeg du dere oss meg deg min mi mitt mine vare din ditt sin sitt sine han",
        "hun dem man seg sa na her hos mot over under etter enn ut opp ned inn utenfor foran bak mellom",
        "langs rundt nar hvor hva hvem hvorfor hvordan hvis men eller ogsa bare veldig helt litt no noen",
        "alt alle ingen ikke kan ma skal vil ville kunne skulle far fikk fatt gar gikk gatt kommer kom",
        "ta tar tok sta star ligger lag ligge dag dager uke uker gang igjen fortsatt mange flere mer mye",
        "sammen andre selv eg ein eit ho dei me hja nokon noko nokre kva kven kvar kvifor korleis vore",
        "vera vere veret sjolv skjer utanfor ligg gjer heile hele dykk dokker dykkar kjem e te ka kor",
        "mykje the an of in on to is are was were be been it its this that there here has have had and",
        "or but my our your we you he she they them us from with by near next outside not do dos did can",
        "could would should will very so some any all when where what why how who please since again",
        "still just about after before up down out into than then ca kl nr hei hallo hello hi asker",
        "kommune kommunen municipality norge gata gate gaten street nokken nokka nokke nakke nakka",
        "nakken nan nogen nogge nake kver hver hvert kvart hvilken hvilke hvilket sett ser sann slik",
        "sant slikt siden sidan sia begynte begynner begynt byrja byrjar starta startet nesten nestan",
        "heilt heila gjor gjort gjorde gjorden gjev gir gi gitt hjem hjemme heim heime herfra derfra",
        "fordi derfor difor holder holdt held heldt rett like akkurat snart ofte alltid aldri sjelden",
        "plutselig etterhvert enda enna enno allerede allereie nettopp kanskje kansje trolig sikkert",
        "visst vel jo nok ganske ganska temmelig altfor mest minst mindre storre nere ne nerre nedi oppi",
        "uti inni innpa borti utover bortover oppover innover begge bade hverken verken enten sitte",
        "sitter satt stod sto statt legger la drar dra drog dro reise vet veit visste tror trur trudde",
        "trodde synes syns synest mener meiner tenkte tenker lurte haper hapar prover provde provd prove",
        "bor matte matta burte ting greie greier sak saken saker mate maten del delen litegrann lite",
        "liten lita sma stor stort store svar svart diger digert kjempe skikkelig ordentlig falt utrolig",
        "utruleg virkelig verkeleg egentlig egentleg absolutt rimelig javlig javla fy fan fans hersens",
        "fordomt forbanna morgen morges ettermiddag ettermiddagen formiddag kveld kvelden kveldar",
        "kvelder ikveld dagen daga dagar dagene igar gars forrige forre neste siste sist mandag tirsdag",
        "onsdag torsdag fredag lordag tysdag laurdag januar februar mars april mai juni juli august",
        "september oktober november desember jul julaften paske paska helga helgen helg sommer sommeren",
        "sommar sommaren vinter vinteren host hosten haust hausten varen ar aret ara arevis maned",
        "maneder maneden manad manader veke veker vekene uken uka ukene time timer timar minutter minutt",
        "meter par halv halve halvt ja jai je ej eig da ham hu hon dokk dakker dakke dakkers ass varres",
        "vares vores mitte ditte demmes dems deires deira dennan dette detta dinnan hine kossen korsn",
        "koss kordan koffor koffer kofor kaffer kam kem kaffor dar derre herre harre nu ittna ikkje ikkj",
        "itj itje ittj ikkeno ente itte kje kkje ke inte kjam kjom kommen komme kommet komen gadd ga",
        "gange ganga blei bleve blevet vorte vorten varra vori varri varte barre berre bar kunna ska",
        "skull sku villa vill kunn atter ifra utafor utafar innafor ovenfor nedenfor nedafor nedanfor",
        "bortenfor inntil imot gjennom igjennom langsetter bortmed burtmed nedmed oppmed ve tell fleire",
        "fler mang mokje masse fullstendig forferdelig forferdeleg grusomt kraftig tydelig klart",
        "tydeligvis enkelt vanskeleg umulig umogleg mulig mogleg forste tredje fjerde tri fire fem seks",
        "sju syv atte ni ti hundre ganger gonger gong innen fram frem tilbake attende bort vekk att",
        "vennligst hit staende stande snarest fort raskt asap pls plz hilsen mvh vh ok okei greit",
        "forresten altsa liksom kjare folk mannen mann kona kone dame dama faren mora mor sonn sonnen",
        "datter dattera datteren bestemor bestefar besteforeldre familien folka butikken butikk sentrum",
        "sentrumet omradet sted stedet staden hus huset huse husa gardsplassen heggedal vollen",
        "slemmestad dikemark borgen hvalstad royken satre tofte holmsbu spikkestad hurum nesbru",
        "billingstad vettre konglungen blakstad bondi rema kiwi coop extra meny joker spar obs sjol",
        "sjolve jamt jevnlig im ive id isnt arent wasnt werent dont dosnt didnt cant couldnt wont",
        "wouldnt shouldnt hasnt havent hadnt youre theyre weve thats theres whats ill youll being get",
        "gets got getting gotten go gos going gone went come comes came coming make makes made put puts",
        "take takes took taken keep keeps kept see seen saw say said says think know want let use used",
        "try tried someone somebody anyone something anything nothing everything everyone nobody none",
        "now today tonight yesterday tomorrow morning evening afternoon week weeks day days month months",
        "year years times last first second third every each always never ever often already yet only",
        "also too much many more most less few lot lots bit really quite almost completely totally whole",
        "around along behind front through across off back away because while until though if else",
        "another other same different such am him his hers their theirs yours ours which whose monday",
        "tuesday wednesday thursday friday saturday sunday dear regards big huge large small little good",
        "bad one two three four five place area side middle end start started",
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
    plain = _UNLIKE_WORD.sub(lambda match: _UNLIKE[match[0]], text[:LONGEST].casefold()).translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    plain = _THREE.sub("", _DIGRAPHS.sub(lambda match: match[0][0], plain))
    return re.findall(r"[a-z0-9]+", plain)[:MOST_WORDS]


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
    RUN = 0.6  # what a phrase of fillers only adds
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
        self.runs = defaultdict(list)
        for label, phrases in labels.items():
            for phrase in dict.fromkeys(tuple(words_of(phrase)) for phrase in phrases):
                self._add(label, phrase, counts)
        self.weights = {word: self._shared_out(by_label) for word, by_label in counts.items()}
        self.by_length = defaultdict(list)
        for word in self.weights:
            self.by_length[len(word)].append(word)
        self.meant_by = lru_cache(maxsize=2_000)(self._meant_by)

    def _add(self, label, phrase, counts):
        telling = dict.fromkeys(stem(word) for word in phrase if word not in FILLERS)
        for word in telling:
            counts[word][label].append(len(telling))
        if len(phrase) > 1 and telling:
            parts = {_filler(word): self.FILLER for word in phrase if word in FILLERS}
            parts |= dict.fromkeys(telling, 1.0)
            for word in telling:
                self.phrases_with[word].append(len(self.phrases))
            self.phrases.append((label, parts))
        elif len(phrase) > 1:
            self.runs[phrase].append(label)

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
        for label, extra in self._whole_runs(words).items():
            totals[label] += extra
        likely = [(label, score) for label, score in totals.items() if score >= self.ENOUGH]
        return sorted(likely, key=lambda item: (-item[1], item[0]))

    def _found(self, words):
        """The index's words that a text means, each with how sure that is (0 to 1)."""
        found = defaultdict(float)
        for word in dict.fromkeys(word for word in words if word not in FILLERS):
            for meant, sureness in self.meant_by(word):
                found[meant] = max(found[meant], sureness)
        for first, second in pairwise(words):  # "lykte stolpe"
            joined = stem(first + second)
            if joined in self.weights and not {first, second} & FILLERS:
                found[joined] = 1.0
        return found

    def _whole_phrases(self, found):
        """What phrases add: for each label the best of its phrases that the text holds."""
        extra = defaultdict(float)
        for number in {number for word in found for number in self.phrases_with.get(word, ())}:
            label, parts = self.phrases[number]
            weight = sum(found[word] * part for word, part in parts.items() if word in found)
            whole = sum(parts.values())
            if weight >= self.HELD * whole:
                extra[label] = max(extra[label], self.PHRASE * (weight / whole) ** 2 * math.log2(1 + whole))
        return extra

    def _whole_runs(self, words):
        """What phrases of fillers only add, such as "hvor får jeg", where they stand in that order."""
        extra = {}
        for length in range(2, 6):
            for start in range(len(words) - length + 1):
                for label in self.runs.get(tuple(words[start : start + length]), ()):
                    extra[label] = self.RUN * math.log2(1 + length)
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
