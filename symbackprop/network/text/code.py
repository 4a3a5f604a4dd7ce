"""What a matrix line has from code: sums along axes, functions of libraries, methods of arrays.

sum(Z, axis=1, keepdims=True)    Z.sum(1)    np.dot(X, W)    X.dot(W)    Z.exp(), which is exp(Z)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.formula import Call, Node, Power, Product
from symbackprop.network.grammar import Reader, Token
from symbackprop.network.text.lines import OVER, Line
from symbackprop.network.text.tree import MatrixProduct, Reduction, Transposed

OPERATIONS: Mapping[str, Callable[[int, Node, Node], Node]] = {
    "dot": lambda at, left, right: MatrixProduct(at, left, right, is_dot=True),
    "matmul": MatrixProduct,
    "multiply": lambda at, left, right: Product(at, (left, right)),
    "power": Power,
    "pow": Power,
}
_BRACKETS = "()[]"
EXCHANGING = ("transpose", "swapaxes")
_AXIS, _KEEPS = ("axis", "dim"), ("keepdims", "keepdim")


class CodeReader(Reader):
    """Reads functions and methods as code has them."""

    _source: Line

    def _operation(self, token: Token, depth: int, first: Node | None = None) -> Node:
        """Read the arguments of dot and the like, and return what they do; `first` is an argument that was read."""
        self._take("(")
        arguments = (*([] if first is None else [first]), *self._arguments(depth))
        return OPERATIONS[token.text](token.at, *self._both(token, arguments))

    def _method(self, node: Node, depth: int) -> Node:
        """Read what is called on an array, X.f(y), which is f(X, y)."""
        token = self._token
        self._next += 1
        if self._source.has_indices:
            raise self._source.refusal(token.at - 1, "found '.'", f"write {token.text}(...)")
        if token.text in OVER:
            return self._reduction(token, depth, node)
        if token.text in OPERATIONS:
            return self._operation(token, depth, node)
        self._take("(")
        if token.text in EXCHANGING:
            return self._exchanged(token, node)
        is_alone = self._take(")") is not None
        if token.text not in self._source.arities and token.text not in ACTIVATIONS:
            raise self._unknown(token)
        arguments = (node, *(() if is_alone else self._arguments(depth)))
        if len(arguments) > self._source.arities.get(token.text, 1):  # F.relu(z), F.linear(x, W, b)
            written = "x @ W.T + b" if token.text == "linear" else f"{token.text}(...)"
            raise self._source.refusal(token.at - 1, "found '.'", f"write {written}")
        return self._call(token, token.text, arguments)

    def _exchanged(self, token: Token, node: Node) -> Transposed:
        """Read the two axes that X.transpose(…) or swapaxes(X, …) exchanges; a transpose may say none."""
        self._take(",")
        at, axes = self._token.at, list[int]()
        while not self._ahead(")"):
            axes.append(self._axis())
            if not self._take(","):
                break
        if len(axes) != 2 and (axes or token.text != "transpose"):
            found = ", ".join(map(str, axes)) or ")"
            raise self._source.refusal(at, f"found '{found}'", "write X.T, or X.swapaxes(1, 2)")
        self._close()
        return Transposed(token.at, node, tuple(axes))

    def _bracketed(self, name: str) -> str:
        """Return what to write for x(i), whose bracket comes next."""
        texts = [token.text for token in self._tokens[self._next + 1 :]]
        end = next((at for at, text in enumerate(texts) if text in _BRACKETS), 0)
        places = "".join(texts[:end]).replace(",", ", ") if texts[end] == ")" else ""
        return f"write {name}[{places or 'i'}]"

    def _meant(self, name: str) -> str:
        """Return what else is to be written for a function with other arguments: indices, or what its numbers do."""
        if name in OVER:
            return f", or indices: {name}[i](...)"
        numbers = ACTIVATIONS[name].numbers if name in ACTIVATIONS else None
        return f"; write {numbers.formula}" if numbers is not None else ""

    def _unknown(self, token: Token) -> Exception:
        raise NotImplementedError  # the reader of whole lines, which is built on this one, says how

    def _reduction(self, token: Token, depth: int, term: Node | None = None) -> Node:
        """Read a sum, a mean or an extreme over all entries, or along axes; `term` is what it is called on."""
        if self._source.has_indices:
            raise self._source.refusal(token.at, f"{token.text} has no index", f"write {token.text}[i](...)")
        self._take("(")
        axes: tuple[int, ...] | None = None
        keeps, is_first = False, term is not None
        term = term or self._sum(depth + 1)
        is_of_two = not is_first and token.text in ("max", "min") and self._ahead(",")
        if is_of_two and self._tokens[self._next + 2].text != "=":
            self._take(",")
            return Call(token.at, token.text, (term, *self._arguments(depth)))
        while (is_first and not self._ahead(")")) or self._take(","):
            is_first, word = False, self._token
            self._next += word.kind == "name"
            if word.kind == "name" and (word.text not in (*_AXIS, *_KEEPS) or not self._take("=")):
                self._next -= 1
                raise self._unexpected(f"wanted axis=0 or keepdims=True in {token.text}(...)")
            if word.text in _KEEPS:
                keeps = self._flag()
            else:
                axes = self._axes()
        self._close()
        if axes is None and "softmax" in token.text:
            raise self._source.refusal(token.at, f"{token.text} without an axis", f"write {token.text}(Z, axis=1)")
        return Reduction(token.at, token.text, term, axes, keeps)

    def _axes(self) -> tuple[int, ...] | None:
        if self._word("None"):
            return None
        if not self._take("("):
            return (self._axis(),)
        axes = [self._axis()]
        while self._take(",") and not self._ahead(")"):
            axes.append(self._axis())
        self._close()
        return tuple(axes)

    def _axis(self) -> int:
        sign, token = self._take("-"), self._token
        if token.kind != "number" or not token.text.isdigit() or len(token.text) > 1:
            raise self._unexpected("wanted the number of an axis, as in axis=1")
        self._next += 1
        return -int(token.text) if sign else int(token.text)

    def _flag(self) -> bool:
        for name in ("True", "False"):
            if self._word(name):
                return name == "True"
        raise self._unexpected("wanted True or False")

    def _word(self, name: str) -> bool:
        if self._token.kind == "name" and self._token.text == name:
            self._next += 1
            return True
        return False
