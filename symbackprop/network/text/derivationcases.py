r"""What holds in some cases alone, in a line of a derivation, and lines about a function, which hold for any z.

1 if z > 0 else 0        1_{z > 0}        \begin{cases} 1 & z > 0 \\ 0 & \text{otherwise} \end{cases}
σ'(z) = σ(z)(1 - σ(z))   σ' = σ (1 - σ)
"""

from __future__ import annotations

import re
from fractions import Fraction

from symbackprop.network.formula import Call, Comparison, Node, Number
from symbackprop.network.grammar import Token
from symbackprop.network.text.derivationfunctions import ANY, CONDITIONS, FunctionReader
from symbackprop.network.text.derivationtokens import GREEK

COMPARED = ("<", "<=", "==", ">=", ">", "!=")
_BARE = re.compile(r"\s*\\?([A-Za-z]+|σ|φ|ϕ)\s*(?:['′’]|\^\s*\\prime|\^\{\\prime\})+\s*=")
_OF_FUNCTION = re.compile(  # σ'(z) = …, which is said of any z
    r"\s*\\?([A-Za-z]+|σ|φ|ϕ)\s*(?:['′’]|\^\s*\\prime|\^\{\\prime\})*\s*(?:\\left)?\(\s*([a-z])\s*(?:\\right)?\)\s*="
)


class CaseReader(FunctionReader):
    """Reads cases and conditions."""

    def _variable(self) -> str:
        """Return the letter that a line about a function is said of, "" where it is about the network."""
        bare = _BARE.match(self._source.text)
        if bare is not None and self.glossary.is_activation(GREEK.get(bare[1], bare[1])):
            return ANY
        found = _OF_FUNCTION.match(self._source.text)
        if found is None or not self.glossary.is_activation(GREEK.get(found[1], found[1])):
            return ""
        meaning = self.glossary.meaning(found[2])
        is_layered = meaning is not None and meaning[:2] == ("letter", "z") and self.glossary.depth > 1
        return found[2] if meaning is None or is_layered else ""

    def _conditional(self, depth: int) -> Node:
        """Read a sum, or a value with its condition: 1 if z > 0 else 0; 1 if z > 0, 0 otherwise."""
        node = self._sum(depth)
        if self._token.text != "if":
            return node
        self._next += 1
        condition = self._comparison(depth + 1)
        if self._token.kind == "end" and not depth:
            return Call(node.at, "where", (condition, node))  # which is said of these cases alone
        self._take(",", ";")
        if self._token.text == "else":
            self._next += 1
            return Call(node.at, "where", (condition, node, self._conditional(depth + 1)))
        other = self._conditional(depth + 1)
        if self._token.text != "otherwise":
            raise self._unexpected("wanted else, as in 1 if z[1,j] > 0 else 0")
        self._next += 1
        return Call(node.at, "where", (condition, node, other))

    def _comparison(self, depth: int) -> Node:
        """Read the condition of a case: z > 0, i = k, 0 < z."""
        after = self._tokens[min(self._next + 1, len(self._tokens) - 1)]
        if self._token.kind == "name" and after.text in ("=", "==", "!=") and self._is_index(self._token.text):
            left, _, right = self._place(depth), self._take("=", "==", "!="), self._place(depth)
            return Comparison(after.at, "!=" if after.text == "!=" else "==", left, right)
        left, sign = self._sum(depth), self._take("=", *COMPARED)
        if sign is None:
            raise self._unexpected(f"a condition is a comparison by {' '.join(COMPARED)}")
        return Comparison(sign.at, "==" if sign.text == "=" else sign.text, left, self._sum(depth))

    def _is_index(self, word: str) -> bool:
        return len(word) == 1 and self.glossary.meaning(word) is None

    def _cases(self, token: Token, depth: int) -> Node:
        """Read cases(1 ¦ z > 0; 0 ¦ otherwise): the first one whose condition holds; the last one holds elsewhere."""
        self._open()
        rows: list[tuple[Node, Node | None]] = []
        while not self._take(")"):
            value, condition = self._sum(depth + 1), None
            self._take(",")
            if self._take("¦") or self._token.text in CONDITIONS:
                self._next += self._token.text in ("if", "else", "otherwise")
                is_last = self._token.text in (")", "⁏", ";")
                condition = None if is_last or not self._has_comparison() else self._comparison(depth + 1)
            self._take(",")
            if not self._ahead(")") and self._take("⁏", ";") is None:
                raise self._unexpected("wanted the next case, or the end of the cases")
            rows.append((value, condition))
        if not rows:
            raise self._unexpected("wanted a case")
        node = rows[-1][0]
        for value, condition in reversed(rows[:-1]):
            if condition is None:
                wanted = "write the last case for all others"
                raise self._source.refusal(token.at, "a case without its condition", wanted)
            node = Call(token.at, "where", (condition, value, node))
        return node

    def _has_comparison(self) -> bool:
        """Tell whether a comparison comes before the end of a case; words, such as otherwise, are passed over."""
        depth, place = 0, self._next
        while (token := self._tokens[place]).kind != "end":
            depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
            if depth < 0 or (not depth and token.text in ("⁏", ";")):
                break
            if not depth and token.text in ("=", *COMPARED):
                return True
            place += 1
        self._next = place
        return False

    def _condition(self, depth: int) -> Node:
        """Read a sum; a comparison is 1 where it holds, and 0 elsewhere."""
        left, sign = self._conditional(depth), self._take(*COMPARED)
        if sign is None:
            return left
        one, zero = (Number(sign.at, Fraction(value)) for value in (1, 0))
        return Call(sign.at, "where", (Comparison(sign.at, sign.text, left, self._sum(depth)), one, zero))
