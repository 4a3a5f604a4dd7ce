"""The languages say the same things: the same keys, the same placeholders, and a sentence for every rule."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from string import Formatter
from types import MappingProxyType

import click
import pytest
from sources import nodes, parsed
from sympy import Symbol

import symbackprop as sb
from symbackprop import errors
from symbackprop.calculus.checking import Trust
from symbackprop.calculus.equations import NOTATIONS
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.calculus.rules import RULES
from symbackprop.errors import UnknownNameError
from symbackprop.exposition.conventions import CONVENTIONS, Convention
from symbackprop.exposition.document import Emphasis, Formula, Reference
from symbackprop.exposition.example.entrypath import entry_path
from symbackprop.exposition.example.programpath import PathTelling
from symbackprop.exposition.exercise.questions import KINDS
from symbackprop.exposition.formats import FORMATS
from symbackprop.exposition.languages import LANGUAGES, Language
from symbackprop.exposition.languages.clauses import worded
from symbackprop.exposition.narration import CHAPTERS, WORDS, equations_alone, narrate
from symbackprop.exposition.story import links
from symbackprop.exposition.story.program import arrays, closeups, computation
from symbackprop.exposition.story.program.chapters import PROGRAM_CHAPTERS
from symbackprop.exposition.story.program.forms import explained_forward
from symbackprop.exposition.story.program.layers import kinds_of_layers, meaning
from symbackprop.exposition.story.program.telling import ProgramTelling
from symbackprop.exposition.story.telling import Telling
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.costs import COSTS
from symbackprop.network.inplace import LayerInPlace
from symbackprop.network.layers import LAYERS
from symbackprop.network.penalties import PENALTIES
from symbackprop.network.text.equations import EquationsNetwork
from symbackprop.numerics.backends import BACKENDS

COUNTED = "From {given}, {count:one equation computes|# equations compute} {results}."


def placeholders(sentence: str) -> Counter[tuple[str, str | None]]:
    """Return the placeholders of a sentence, each with what is behind its colon; words for one and many are its own."""
    found = ((name, spec or "") for _, name, spec, _ in Formatter().parse(sentence) if name)
    return Counter((name, "|" * spec.count("|") or spec) for name, spec in found)


def differences(one: Language, other: Language) -> set[str]:
    """Return the keys that only one of two languages has, or whose placeholders are not the same."""
    keys = one.sentences.keys() ^ other.sentences.keys()
    common = one.sentences.keys() & other.sentences.keys()
    return keys | {key for key in common if placeholders(one.sentences[key]) != placeholders(other.sentences[key])}


@pytest.mark.parametrize(
    ("count", "english"), [(1, "From x, one equation computes y."), (12_345, "From x, 12,345 equations compute y.")]
)
def test_what_is_counted_agrees_with_its_number(count: int, english: str) -> None:
    """One is a word, and what follows it is singular; a stressed word stays one."""
    language = replace(LANGUAGES["en"], sentences={**LANGUAGES["en"].sentences, "counted": COUNTED})
    assert language.say("counted", given="x", count=count, results="y") == (english,)
    said = ("La línea ", "se sigue") if count == 1 else ("Las 12\u202f345 líneas ", "se siguen")
    before, stressed, *_ = LANGUAGES["es"].say("diagnosis.verdict.lines.right", count=count)
    assert (before, stressed) == (said[0], Emphasis(said[1]))


def test_language_has_the_keys_and_placeholders_of_english(lang: str) -> None:
    """Every language has every key of English, no other, and the same placeholders under each."""
    assert set() == differences(LANGUAGES["en"], LANGUAGES[lang])


@pytest.mark.parametrize("sentences", [{}, {"a": "{x}"}, {"a": "{x} {y} {y}"}, {"a": "{x} {y}", "b": ""}])
def test_comparison_finds_a_missing_key_and_a_wrong_placeholder(sentences: dict[str, str]) -> None:
    """The comparison of two languages sees each kind of difference."""
    whole = Language("en", "English", {"a": "{x} {y}"})
    assert set() != differences(whole, Language("xx", "none", sentences))


def test_language_has_words_for_the_closed_sets(lang: str) -> None:
    """Every rule, every degree of trust and every word that a format needs is translated."""
    keys = [f"rule.{rule.name}" for rule in RULES]
    keys += [f"trust.{trust.value}{part}" for trust in Trust for part in ("", ".meaning")]
    keys += [f"word.{word}" for word in WORDS]
    assert [] == [key for key in keys if key not in LANGUAGES[lang]]


def test_stress_is_closed_in_every_sentence(lang: str) -> None:
    """Asterisks come in pairs, so that stress ends where it should."""
    assert [] == [key for key, text in LANGUAGES[lang].sentences.items() if text.count("*") % 2]


def test_say_puts_parts_in_their_places() -> None:
    """A sentence becomes words, formulas, stress and references, in its order."""
    sentences = {"s": "a *b* {x}, {n} {t} ({section:net})", "section.net": "Nets", "quoted": "<…>", "thousands": ","}
    language = Language("en", "English", sentences)
    x = Symbol("x")
    expected = ("a ", Emphasis("b"), " ", Formula((x,)), ", 23,860 1*2 (", Reference("net", ("<", "Nets", ">")), ")")
    assert expected == language.say("s", x=x, n=23860, t="1*2")


@pytest.mark.parametrize(("value", "text"), [(9, "9"), (9999, "9999"), (10000, "10.000"), (23860, "23.860")])
def test_numbers_are_grouped_from_five_digits_on(value: int, text: str) -> None:
    """Four digits stay together; more are parted by the sign of the language."""
    assert text == Language("xx", "none", {"thousands": "."}).number(value)


def test_unknown_language_is_refused_with_those_that_exist(derived) -> None:
    """A language that does not exist is named, with the ones that do."""
    with pytest.raises(UnknownNameError, match=r"language 'de' is unknown; .*known: en, es"):
        narrate(derived("plain"), lang="de")


class Recorder(dict[str, str]):
    """Sentences that remember which of them were said."""

    def __init__(self, sentences: dict[str, str]) -> None:
        """Begin with nothing said."""
        super().__init__(sentences)
        self.said: set[str] = set()

    def __getitem__(self, key: str) -> str:
        """Return a sentence, and remember it."""
        self.said.add(key)
        return super().__getitem__(key)


# said by formats or only with networks or checks that are not among those of the tests
SAID_ELSEWHERE = {
    "verdict.failed",
    "table.numbers",
    "evidence.numbers",
    "verdict.ok",
    "thousands",
    "decimal",
    "title",
    "title.program",
    "array.K",  # of modules of PyTorch alone, in tests/numerics/test_from_torch_branches.py
} | {
    "trust.numeric",
    "trust.numeric.meaning",
}

# layers whose words are others with some fields, and titles of networks with one layer and with many kinds of them
LAYER_LINES = (
    "2x6 -> conv1d(1, 2, stride=2, padding=1, groups=1, bias=false) tanh",
    "2x9 -> conv1d(2, 2, dilation=2, groups=2)",
    "1x4x4 -> conv2d(1, 2)",
    "3x2 -> lstm(2, returns=sequence, reverse=true) -> attention(1, causal=true, bias=true) -> attention(2)",
    "4 -> dense(4) -> dense(4, tied_to=1) -> residual(dense(3), projection=true) -> dense(3) -> prelu(channel)",
    "2x2x2 -> prelu -> flatten -> dense(2) -> layer_norm -> rms_norm -> dropout(0.5)",
    "2x2 -> layer_norm tanh",
)


def branches() -> EquationsNetwork:
    """Return steps as a module of PyTorch has them that is no chain, one after the other; the last one reads two."""
    kinds = ("concatenation", "sum", "product", "matrix_product", "reduction", "shares", "rearranged", "function")
    kinds += ("normalised", "weighted", "cell", "transposed")
    count = len(kinds)
    lines = [f"a{n}[j] = 2*{f'a{n - 1}' if n > 1 else 'x'}[j]{' + x[j]' * (n == count)}" for n in range(1, count + 1)]
    text = "\n".join(("input x[n]", "target y[n]", *lines, f"C = sum[j]((a{count}[j] - y[j])^2)"))
    steps = [
        LayerInPlace(str(n), kind, {}, frozenset(), "", (f"a{n}",), (2,), (2,), 0)
        for n, kind in enumerate(kinds, start=1)
    ]
    return replace(sb.equations(text), layers=tuple(steps))


@pytest.mark.thorough
def test_every_sentence_is_said_in_some_story(derived, program_derivation) -> None:
    """No sentence is left over: the stories of the networks of these tests say every one of them."""
    recorder = Recorder(dict(LANGUAGES["en"].sentences))
    language = Language("en", "English", recorder)
    for name in ("flat", "custom", "mixing", "deep", "long"):
        for chapter in CHAPTERS.values():
            chapter(Telling(derived(name), language))
    links.tell(Telling(sb.derive(sb.mlp("1-1", "identity", "max(a,y)")), language))
    assert list(equations_alone(Telling(derived("plain"), language), ["W1"]))
    for convention in (*map(CONVENTIONS.__getitem__, CONVENTIONS), Convention(samples="columns", mean="errors")):
        for chapter in CHAPTERS.values():
            chapter(Telling(derived("plain"), language, (), convention))
    shipped = ("lstm", "softmax_regression")
    state = sb.derive(sb.equations("input x[T]\nh[0] = 0\nh[t] = h[t - 1] + x[t] for t = 1..T"))  # is given, too
    text = (
        "input x[T]\nparameter s\np[0] = 1\ng[t] = p[t - 1] + x[t] for t = 1..T\np[t] = tanh(g[t]) for t = 1..T\n"
        "C = sum[t]((1 + g[t]^2)^s)"
    )
    extreme = "input x[N, K], u[N, K]\nm[n] = max[k](x[n, k])\nq[n] = min[k](u[n, k])\nC = sum[n](m[n]^2*q[n])"
    for derivation in (
        *map(program_derivation, shipped),
        state,
        *(sb.derive(sb.equations(each)) for each in (extreme, text)),
    ):
        for tell in PROGRAM_CHAPTERS.values():
            tell(ProgramTelling(derivation, language))
    path = entry_path(program_derivation("rnn"))
    assert path is not None
    PathTelling(ProgramTelling(program_derivation("rnn"), language), path).blocks(closely=True)
    for way in (("rows", "errors"), ("columns", "parameters")):
        arrays.tell(ProgramTelling(program_derivation("max_pooling").of_samples(*way), language))
    for line in (*(LAYERS[name].example for name in LAYERS.shipped), *LAYER_LINES):
        network = sb.sequential(line, l2="lambda=1")
        telling = ProgramTelling(ProgramDerivation(network.program, {}, network), language)  # of words alone
        for tell in (arrays.tell, computation.layer_by_layer, kinds_of_layers):
            tell(telling)
    rows = sb.equations(
        "input x[T]\nparameter w[N], v[N]\nsizes T = 3, N = 2\nb[t, n] = x[t]*w[n]\ng[t, n] = x[t]*v[n]\n"
        "h[0, n] = 0\nh[t, n] = g[t, n]*h[t - 1, n] + b[t, n] for t = 1..T\no[t] = sum[n](h[t, n])"
    )
    list(closeups.forwards(ProgramTelling(ProgramDerivation(rows.program, {}, rows), language), rows.program.equations))
    sums = sb.equations("input x[N]\nsizes N = 2\nr[i] = sum[m = 1..i](x[m]) for i = 1..N")
    explained_forward(ProgramTelling(sb.derive(sums), language))
    biased = sb.equations("input x[N]\nparameter b[N]\nz[n] = x[n] + b[n]")
    explained_forward(ProgramTelling(sb.derive(biased).of_samples("rows", "errors"), language))
    telling = ProgramTelling(sb.derive(branches()), language)
    for tell in (arrays.tell, computation.layer_by_layer):
        tell(telling)
    for line in (
        "1x10 -> conv1d(1, 2, stride=2) tanh -> conv1d(1, 2, dilation=2) -> max_pool1d(2, 1) -> flatten -> dense(1)",
        "1x4 -> max_pool1d(2, padding=1) -> flatten -> dense(1)",
        "1x4 -> conv1d(1, 2) -> flatten -> dense(1)",
        "2x1 -> rnn(1)",
        "1x2x2 -> flatten -> dense(1)",
    ):
        derivation = sb.derive(sb.sequential(line))
        for tell in PROGRAM_CHAPTERS.values():
            tell(ProgramTelling(derivation, language))
    silent = set(recorder) - recorder.said - SAID_ELSEWHERE - {f"word.{word}" for word in WORDS}
    elsewhere = ("diagnosis.", "mistake.", "header.", "deck.", "page.", "path.", "rule.", "check.", "sheet.")
    others = ("example", "exercise", "partial", "numbers")
    worked = {key for key in silent if any(word in key for word in others)}  # what other tests see said
    worked |= {f"layer.{name}.kind" for name in LAYERS.shipped}
    assert set() == {key for key in silent - worked if not key.startswith(elsewhere)}


@pytest.mark.parametrize("name", LAYERS.shipped)
def test_every_layer_has_words(name: str, lang: str) -> None:
    """A layer and each of its arrays are called by words, in every language, and not by their names in a line."""
    network = sb.sequential(f"{LAYERS[name].example} -> flatten -> dense(2)")
    language = LANGUAGES[lang]
    telling = ProgramTelling(ProgramDerivation(network.program, {}, network), language)
    assert {f"layer.{name}", f"layer.{name}.kind"} <= set(language.sentences)
    assert [] == [array.name for array in network.program.arrays if not meaning(telling, array)]


# what a reader stumbles over: no word for a substitution, a derivative "by" something, δ as a part of the cost
CLUMSY = {
    "en": (
        "put in",
        "goes in",
        "go in:",
        "derivative by",
        "derivative for a bias",
        "derivative for a weight",
        "neuron above",
        "as exactly the same",
        "put down",
    ),
    "es": (
        "error por la",
        "llega por la",
        "de un ejemplo",
        "un ejemplo por",
        "ejemplos",
        "en contra de",
        "qué parte del coste",
        "por BP",
    ),
}


def test_sentences_read_well(lang: str) -> None:
    """No sentence has one of the turns that were found clumsy or wrong when the text was read aloud."""
    found = [(key, turn) for key, text in LANGUAGES[lang].sentences.items() for turn in CLUMSY[lang] if turn in text]
    assert [] == found


def test_complaints_keep_their_parts(lang: str) -> None:
    """A message has the same places in every language, so that none of its parts is lost."""
    worded = {**LANGUAGES[lang].clauses, **LANGUAGES[lang].remarks}
    assert {} == {english: own for english, own in worded.items() if placeholders(english) != placeholders(own)}


ENGLISH = re.compile(
    r"\b(?:the|is|has|wants|wanted|got|try|leave|give|write|with|and|of|not|its|it|most|which|that|are|by|than|there)\b"
)
MAKERS = ("refusal", "complaint", "_unexpected", "_refusal", "_warn", "tell", "worded")  # besides the classes of errors
UNHEARD = ("network/pytorch", "exposition/languages")  # what no command says


@cache
def modules() -> dict[str, ast.Module]:
    """Return the modules of the package by their names, but those of the languages."""
    root = Path(sb.__file__).parent
    names = (path.relative_to(root).as_posix() for path in sorted(root.rglob("*.py")))
    return {
        name: parsed((root / name).read_text(encoding="utf-8"))
        for name in names
        if not name.startswith("exposition/languages/")
    }


def raised() -> Iterator[str]:
    """Yield every message that the package makes in one function, something in quotes in the place of what varies."""
    kinds = {name for name in errors.__all__ if name != "CheckError"} | {"UsageError"}
    spoken = (node for name, tree in modules().items() if not name.startswith(UNHEARD) for node in nodes(tree))
    for function in (node for node in spoken if isinstance(node, ast.FunctionDef)):
        inside = list(ast.walk(function))
        named = [(each.targets[0], each.value) for each in inside if isinstance(each, ast.Assign)]
        often = Counter(to.id for to, _ in named if isinstance(to, ast.Name))
        once = ((to.id, value) for to, value in named if isinstance(to, ast.Name) and often[to.id] == 1)
        known = {name: text_of(value, "'7'") for name, value in once}  # such as advice
        for call in inside:
            called = call.func if isinstance(call, ast.Call) else None
            if getattr(called, "attr", getattr(called, "id", None)) in {*kinds, *MAKERS}:
                yield from filter(None, (text_of(argument, "'7'", known) for argument in call.args))


def text_of(node: ast.AST, varying: str, known: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return the text that an expression is, with a sign for what varies in it; no text where it is none.

    `known` are texts that have names; of two texts that a condition chooses from, it is the longer one."""
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part, varying, known) or varying for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return text_of(node.value, varying, known) if isinstance(node.value, ast.Name) else ""
    if isinstance(node, ast.Name):
        return known.get(node.id, "")
    if isinstance(node, ast.IfExp):
        return max((text_of(each, varying, known) for each in (node.body, node.orelse)), key=len)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return "".join(text_of(each, varying, known) or varying for each in (node.left, node.right))
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


OTHERS = [lang for lang in LANGUAGES if lang != "en"]


@pytest.mark.thorough
@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_worded(language: str) -> None:
    """No English is left in a message of a command that speaks another language."""
    messages = set(raised())
    assert len(messages) > 250
    pieces = (
        "'7'leave it out",
        "symbols: '7' and '7' '7'",
        "'7'give a shape",
        "'7'known",
        "'7'size",
        "gives values '7'",
    )
    pieces += ("a whole number'7'", "one size, '7'", "Inputs reach '7'", "'7'declare it", "with '7' ind'7'")
    pieces += ("a bare %", "with '7' argument'7'", "entries'7'", "is none'7'")  # of messages, put together elsewhere
    messages = {message for message in messages if not any(piece in message for piece in pieces)}
    worded = {message: LANGUAGES[language].worded(message) for message in messages}
    assert set() == {message for message, said in worded.items() if ENGLISH.search(said)}
    assert {} == {m: both for m, said in worded.items() if (both := (words_of(m) & words_of(said)) - {*STAY.split()})}


@pytest.mark.parametrize("language", OTHERS)
def test_every_kind_of_part_is_worded(language: str) -> None:
    """What is said of an unknown part says of which kind in the words of the language, but for a backend."""
    registries = (ACTIVATIONS, BACKENDS, CONVENTIONS, COSTS, FORMATS, KINDS, LANGUAGES, LAYERS, NOTATIONS, PENALTIES)
    kinds = [registry.kind for registry in registries]
    said = {kind: LANGUAGES[language].worded(f"{kind} '7' is unknown; known: a") for kind in kinds}
    assert {} == {kind: text for kind, text in said.items() if {*kind.split()} & {*text.split()} - {"backend"}}


# what is typed, or is the same word in another language
STAY = """
    abs activation apply array autograd backend backward base bold byte bytes code colours columns compile
    convention cost dask decimal declare delta dense derive diagnose dict digits dim direction distributed divide
    docx double dw dz else embedding en equations error example exercise exp false final finite first float for
    format frac fragment function gradient groups half hat heads holdout html identity if inf input inputs jax kappa
    last latex layer layers line lines list ln markdown max mean min mistake moodle nan network networks ng no numpy
    only order outputs params partial path penalty per pi point pptx predictions projection quadratic reach real red
    reduction relu render samples scalar scikit seed seeds shape sigmoid sizes softmax style sum symbackprop symbols
    options tanh target tensor terminal theta title torch total train trained transpose true upstream use value values
    checks dot pickle variable verify weights where width worker
"""


def words_of(text: str) -> set[str]:
    """Return the words of a message of two letters or more that are no part of what is typed."""
    quoted = r"'[^']*'|\[[^]]*\]|\{[^}]*\}|\([^)]*\)|try .*|--?\S+"
    return set(re.findall(r"(?<![\w'`.\\-])[a-z]{2,}(?![\w'`(=.-])", re.sub(quoted, "", text)))


EDGE = "\0"  # of a text, and what stands for all that varies in one
SHOWN = ("cli/", "network/layers/")  # whose docstrings are shown
FORMERLY = {"no such option: {a} (possible options: {b})"}  # by versions of click that may be installed
Pairs = set[tuple[str, str]]


def pairs_of(text: str) -> Pairs:
    """Return the words that follow one another in a text, its edges among them."""
    words = re.findall(rf"[^\W\d_](?:[\w'-]*\w)?|{EDGE}", re.sub(r"\{\w*\}", EDGE, f"{EDGE}{text}{EDGE}".lower()))
    return set(pairwise(words))


def said_in(tree: ast.Module, *, docstrings: bool) -> Pairs:
    """Return the words that follow one another in the texts of a module."""
    pairs, parts = Pairs(), set[ast.AST]()  # what a node is a part of comes before it
    for node in nodes(tree):
        if isinstance(node, ast.JoinedStr):
            parts |= {*node.values}
        elif isinstance(node, ast.Expr) and not docstrings:
            parts.add(node.value)
        if node not in parts and (text := text_of(node, EDGE)):
            pairs |= pairs_of(text)
    return pairs


@cache
def said() -> list[Pairs]:
    """Return what each module says, those of click among them, and the texts that are listed as examples."""
    found = [said_in(tree, docstrings=name.startswith(SHOWN)) for name, tree in modules().items()]
    others = [path.read_text(encoding="utf-8") for path in Path(click.__file__).parent.glob("*.py")]
    examples = (Path(sb.__file__).parent / "network/examples").glob("*.eq")
    return [
        *found,
        *(said_in(ast.parse(text), docstrings=False) for text in others),
        *(pairs_of(path.read_text(encoding="utf-8")) for path in examples),
    ]


def left_over(clauses: Iterable[str]) -> set[str]:
    """Return the clauses with a word, or two words one after the other, that no module says or puts together."""
    pairs = set().union(*said())
    ends = [({a for a, b in each if b == EDGE}, {b for a, b in each if a == EDGE}) for each in said()]

    def missing(one: str, other: str) -> bool:
        """Tell whether two words are neighbours nowhere, nor the last of a text and the first of one beside it."""
        return (one, other) not in pairs and not any(one in last and other in first for last, first in ends)

    words = {word for pair in pairs for word in pair}
    return {
        clause
        for clause in clauses
        if any(word not in words for pair in pairs_of(clause) for word in pair)
        or any(missing(*pair) for part in re.split("[;:,()?]", clause) for pair in pairs_of(part) if EDGE not in pair)
    }


@pytest.mark.thorough
@pytest.mark.parametrize("language", OTHERS)
def test_every_clause_is_said(language: str) -> None:
    """No clause is left over whose English has gone or has become another one."""
    assert FORMERLY == left_over((*LANGUAGES[language].clauses, *LANGUAGES[language].remarks))


def test_clause_that_is_left_over_is_found() -> None:
    """Words that are said nowhere, and words that are said and not beside one another."""
    gone = {"non-negative", "{a} has no parts", "an index line"}
    assert gone == left_over({*gone, "wanted {a}", "a list of layers"})


def test_clauses_are_put_together() -> None:
    """Each clause has its own wording, also within another one; what has none stays, and quotes are left alone."""
    clauses = {"wanted {a}": "se esperaba {a}", "a number": "un número", "try {a}": "pruebe {a}"}
    clauses |= {"{a} is {b}": "{a} es {b}"}
    clauses |= {"network": "red"}
    assert "x: se esperaba un número; pruebe x = 1" == worded("x: wanted a number; try x = 1", clauses, str)
    assert "it: network: se esperaba red" == worded("it: network: wanted network", clauses, str)  # a key is typed so
    assert "'a number' es un número, odd" == worded("'a number' is a number, odd", clauses, str)


def test_titles_about_layers_have_no_hyphen(lang: str) -> None:
    """The kinds of layers stand in titles, which are not to be broken within a word."""
    kinds = [text for key, text in LANGUAGES[lang].sentences.items() if key.startswith("layer.") and ".kind" in key]
    assert len(kinds) >= len(LAYERS)
    assert [] == [kind for kind in kinds if "-" in kind]


def test_examples_that_are_shipped_have_a_title_in_the_language(program_derivation) -> None:
    """The page of a shipped example is headed in the language; what somebody calls it stays."""
    derivation = program_derivation("max_pooling")
    titles = [narrate(derivation, lang="es", title=title, only="descent").title for title in (None, "Max pooling")]
    assert ["Agrupación por máximo", "Max pooling"] == titles
