"""Which of the student's parameters is which argument of the contract.

By the parameter's own name first; then by what the notebook itself hands over in that place; then by elimination. What is
still open is left to trial: every way of giving the open parameters the roles that are left.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, permutations
from typing import Any

from grader.matching.call_convention import mapping
from grader.matching.composed_names import is_composed
from grader.matching.extra_arguments import EXTRAS, ExtraArgument
from grader.matching.match import Argument, given, plain
from grader.matching.payloads import arguments as payload
from grader.matching.roles import ROLES, Role
from grader.matching.vocabulary import is_misspelt, is_one_of, shortened, squeezed
from grader.model import Text
from grader.sandbox.guest.codec import RemoteExpr
from grader.sandbox.payload import remote

BY_NAME = {role.name: role for role in ROLES}
LONGEST = next(extra for extra in EXTRAS if "max_len" in extra.names)
RECORDS = next(extra for extra in EXTRAS if "summary_writer" in extra.names)
WRITTEN = next(extra for extra in EXTRAS if "model_path" in extra.names)
MakesTable = Callable[[int, int], Any]
WAYS = 130  # of handing the roles that are left to the parameters that are open: five of them, and a few more
# The sizes that the problems' texts give: d_w = 300, d_h = 50, L = 4.
TYPICAL = {4: "output_size", 300: "emb_size", 50: "hidden_size"}
MANY = 1000  # more than this can only be the number of words
DICTS = ("word2id", "wordtoid", "dic", "dictionary", "worddict", "w2i", "stoi", "iddict", "word2idx", "token2id")


@dataclass(frozen=True)
class SignatureParameter:
    """One parameter, and what the notebook's own call hands over in its place, as the student wrote it."""

    name: str
    by_place: bool
    required: bool
    default: str
    annotation: str
    handed: ast.expr | None = None


@dataclass
class Binding:
    """roles: parameter -> role, sure of it or not. open: required parameters without one."""

    parameters: list[SignatureParameter]
    roles: dict[str, str] = field(default_factory=dict)
    guessed: set[str] = field(default_factory=set)

    @property
    def left(self) -> list[SignatureParameter]:
        return [p for p in self.parameters if p.name not in self.roles]


def parameters_of(rows: Any, call: ast.Call | None) -> list[SignatureParameter]:
    """The parameters that can be given, with what `call` hands to each. rows: as the sandbox describes them, or anything."""
    found = []
    places = iter(call.args if call else ())
    named = {keyword.arg: keyword.value for keyword in call.keywords} if call else {}
    for row in rows if isinstance(rows, list | tuple) else ():
        if not isinstance(row, list | tuple) or len(row) < 3 or "VAR_" in str(row[1]):
            continue
        name = str(row[0])
        handed = next(places, None) if str(row[1]) != "KEYWORD_ONLY" else None
        handed = None if isinstance(handed, ast.Starred) else handed
        texts = [str(part) for part in row[3:5]] + ["", ""]
        by_place = row[1] == "POSITIONAL_ONLY"
        found.append(SignatureParameter(name, by_place, not row[2], texts[0], texts[1], named.get(name, handed)))
    return found


def bind(parameters: list[SignatureParameter], roles: Sequence[str], left_over: bool = True) -> Binding:
    """Roles for parameters, as far as names and the notebook's own call tell.

    left_over: of one parameter and one role that are left, the one is taken for the other.
    """
    bound = Binding(parameters)
    known = [role_of(name) for name in roles if name in BY_NAME or usual(name) is None]
    for parameter in bound.left:  # a name that two roles share is none of the one that stands beside it by its own
        settle(bound, parameter, [r for r in free(bound, known) if r.name == parameter.name], True)
    for parameter in [p for p in bound.left if len(squeezed(p.name)) > 1]:
        settle(bound, parameter, [r for r in free(bound, known) if called(r, parameter.name, True)], True)
    for parameter in bound.left:
        settle(bound, parameter, [r for r in free(bound, known) if is_composed(parameter.name, r.name)], True)
    for parameter in bound.left:
        role = told(parameter, free(bound, known)) if parameter.handed is not None else None
        if role and not is_extra(parameter):
            bound.roles[parameter.name] = role
            bound.guessed |= {parameter.name} if isinstance(parameter.handed, ast.Constant) else set()
    for surely in (True, False):  # single letters now: the notebook's own call says more than they do
        for parameter in bound.left:
            settle(bound, parameter, [r for r in free(bound, known) if called(r, parameter.name, surely)], surely)
    for p in [p for p in bound.left if not is_extra(p) and (p.required or p.default.isdecimal())]:
        settle(bound, p, [r for r in free(bound, known) if any(is_misspelt(p.name, n) for n in r.names)], False)
    open_ = [p for p in bound.left if p.required and not is_extra(p) and not is_table(p)]
    if left_over and len(open_) == len(free(bound, known)) == 1:
        bound.roles[open_[0].name] = free(bound, known)[0].name
        bound.guessed.add(open_[0].name)
    return bound


def role_of(name: str) -> Role:
    """The role of this name. One that no vocabulary has, a lesson's own, is called by its own name alone."""
    return BY_NAME.get(name) or Role(name, Text(en=name, ja=name), (name,))


def surely_called(names: Sequence[str], roles: Sequence[str]) -> tuple[str, ...]:
    """The role that each name surely says, "" where it says none or several, or is one letter."""
    found = []
    for name in names:
        fitting = [name] if name in roles else [role for role in roles if called(role_of(role), name, surely=True)]
        found.append(fitting[0] if len(fitting) == 1 and (name in roles or len(squeezed(name)) > 1) else "")
    return tuple(found)


def misplaced(node: ast.AST, roles: Sequence[str]) -> bool:
    """Whether a function surely takes one of these in another place than theirs.

    def train(model, dataloaders, criterion, optimizer, num_epochs)   # model, train_set, valid_set, epochs, lr
    """
    names = [argument.arg for argument in node.args.args] if isinstance(node, ast.FunctionDef) else []
    places = dict(zip(names, roles, strict=False))
    return any(role and places.get(name) != role for name, role in zip(names, surely_called(names, roles), strict=True))


def free(bound: Binding, known: list[Role]) -> list[Role]:
    taken = set(bound.roles.values())
    return [role for role in known if role.name not in taken]


def called(role: Role, name: str, surely: bool) -> bool:
    plain_name = shortened(name)
    return any(shortened(known) == plain_name for known in (role.names if surely else (*role.names, *role.maybe)))


def settle(bound: Binding, parameter: SignatureParameter, fitting: list[Role], surely: bool) -> None:
    """Give a parameter the role that its name fits; where it fits several, only if the name is one of the sure ones."""
    # of a parameter with a default nothing is tried: hidden=768 is the likelier of the two
    tried = len(fitting) > 1 and not surely and (parameter.required or len(squeezed(parameter.name)) == 1)
    if not fitting or tried or (not surely and is_extra(parameter)):
        return
    exact = [role for role in fitting if role.name == parameter.name]
    bound.roles[parameter.name] = (exact or fitting)[0].name
    if not surely or len(squeezed(parameter.name)) == 1:
        bound.guessed.add(parameter.name)


def told(parameter: SignatureParameter, roles: list[Role]) -> str | None:
    """What the expression that the notebook hands over says of a parameter."""
    handed = parameter.handed
    if isinstance(handed, ast.Constant) and isinstance(handed.value, int) and not isinstance(handed.value, bool):
        name = "vocab_size" if handed.value > MANY else TYPICAL.get(handed.value, "")
        return name if any(role.name == name for role in roles) else None
    names = [part.id if isinstance(part, ast.Name) else part.attr for part in ast.walk(handed or ast.Constant(None))
             if isinstance(part, ast.Name | ast.Attribute)]  # fmt: skip
    if "len" in names and any(role.name == "vocab_size" for role in roles):
        return "vocab_size"
    for name in names:
        fitting = [role.name for role in roles if called(role, name, surely=True)]
        if fitting:
            return fitting[0]
    return None


def is_extra(parameter: SignatureParameter) -> bool:
    return usual(parameter.name) is not None


def is_beside(parameter: SignatureParameter) -> bool:
    """Whether it is there for records or a file to write, and can be none of the contract's arguments."""
    return usual(parameter.name) in (RECORDS, WRITTEN)


def usual(name: str) -> ExtraArgument | None:
    """What is known of a parameter or a setting of this name that no role stands for."""
    said = next((e for e in EXTRAS if is_one_of(name, e.names) or is_composed(name, e.names[0])), None)
    return said or next((extra for extra in EXTRAS if extra.piece and extra.piece in squeezed(name)), None)


# --- arguments -----------------------------------------------------------------------------------


def argument_choices(bound: Binding, roles: Sequence[str], fixed: dict[str, Any]) -> Iterator[tuple[Argument, ...]]:
    """Every way to fill the parameters, likeliest first. roles: of the contract, in its order."""
    free_roles = [role for role in roles if role not in bound.roles.values()]
    open_ = [p for p in bound.left if p.required and not is_extra(p) and not is_table(p)]
    tables = any(p.required and is_table(p) for p in bound.left)
    orders: Iterator[tuple[str | None, ...]] = islice(permutations(free_roles, len(open_)), WAYS)
    if len(open_) > len(free_roles):
        orders = iter([(None,) * len(open_)])
    for order in orders:
        taken = {p.name: role for p, role in zip(open_, order, strict=True) if role}
        for with_table in (None, payload.random_table, payload.random_array) if tables else (None,):
            yield tuple(arguments(bound, taken, fixed, with_table))


def arguments(
    bound: Binding, taken: dict[str, str], fixed: dict[str, Any], with_table: MakesTable | None
) -> Iterator[Argument]:
    for parameter in bound.parameters:
        name = parameter.name
        role = bound.roles.get(name) or taken.get(name)
        if role:
            sure = name not in bound.guessed and name not in taken
            yield Argument(name, (role,), shaped(parameter, role), sure, parameter.by_place)
        elif (asked := demanded(name, fixed)) is not None:
            yield Argument(name, (), given(fixed[asked]), True, parameter.by_place)
        elif parameter.required:
            yield extra(parameter, with_table)


def demanded(name: str, fixed: dict[str, Any]) -> str | None:
    """The argument with one right value that a parameter of this name is: `bi_dir` is `bidirectional`."""
    if name in fixed:
        return name
    known = usual(name)
    return next((asked for asked in fixed if known is not None and asked in known.names), None)


def shaped(parameter: SignatureParameter, role: str) -> Any:
    """The role's value in the form in which this class takes it: a list of kernels, a vocabulary instead of its size."""
    listed = parameter.default in ("list", "tuple") or isinstance(parameter.handed, ast.List | ast.Tuple)
    if listed and role in ("kernel_heights", "padding", "stride"):
        return lambda values: [values[role]]
    a_dict = "dict" in parameter.annotation.lower() or (
        isinstance(parameter.handed, ast.Name) and squeezed(parameter.handed.id) in DICTS
    )
    if role == "vocab_size" and (a_dict or (parameter.handed is None and squeezed(parameter.name) in DICTS)):
        return lambda values: mapping(values[role])
    return plain(role)


def is_table(parameter: SignatureParameter) -> bool:
    """Whether it takes vectors for all words: `def __init__(self, ..., pretrained_emb)`, `emb: torch.Tensor`; not `pretrained: bool`."""
    known, told_as = usual(parameter.name), parameter.annotation
    named = known is not None and known.value is None and "vectors" in known.names
    return (named and "bool" not in told_as) or any(word in told_as for word in ("Tensor", "ndarray", "nn.Embedding"))


def extra(parameter: SignatureParameter, with_table: MakesTable | None = None) -> Argument:
    """A required parameter that the contract knows nothing of: as the notebook's own call has it, else what is usual.

    with_table: what makes the vectors of all words, where it wants them.
    """
    name = parameter.name
    known = usual(name)
    if with_table is not None and is_table(parameter):
        return Argument(name, ("vocab_size", "emb_size"), table(with_table), True, parameter.by_place)
    if known is not None and (known.value in ("cpu", None, 0.0) or parameter.handed is None):
        told_as = Text(en=f"`{name}`: {known.text.en}", ja=f"`{name}` は {known.text.ja}")
        value = remote(payload.recorder) if known is RECORDS else known.value
        return Argument(name, (), given(value), True, parameter.by_place, told_as)
    if squeezed(name) in DICTS:  # beside its size: word2id, vocab_size
        return Argument(name, ("vocab_size",), lambda values: mapping(values["vocab_size"]), True, parameter.by_place)
    if parameter.handed is None:
        return Argument(name, (), given(None), False, parameter.by_place)
    text = ast.unparse(parameter.handed) + (f" (>= {LONGEST.value})" if known is LONGEST else "")
    told_as = Text(en=f"`{name}` as in your own call: {text}", ja=f"`{name}` はあなたの呼び出しと同じ {text}")
    return Argument(name, (), given(own_value(parameter.handed, known)), True, parameter.by_place, told_as)


def own_value(handed: ast.expr, known: ExtraArgument | None) -> Any:
    """What the notebook's own call hands over; what is usual where the cell that sets it did not run. The longest text is no shorter."""
    found = literal(handed)
    if known is None or not (known is LONGEST or isinstance(found, RemoteExpr)):
        return found
    return remote(payload.own_value, RemoteExpr(name="globals()"), ast.unparse(handed), known.value, known is LONGEST)


def literal(node: ast.expr) -> Any:
    """Its value where it is written out, else the expression, to be looked up where the notebook ran."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return RemoteExpr(name=ast.unparse(node))


def table(make: MakesTable) -> Callable[[dict[str, Any]], RemoteExpr]:
    return lambda values: remote(make, values["vocab_size"], values["emb_size"])


def as_called(parameters: list[SignatureParameter]) -> tuple[Argument, ...] | None:
    """The notebook's own call, argument by argument, or None where it does not give all that is required."""
    if any(p.required and p.handed is None for p in parameters) or not any(p.handed for p in parameters):
        return None
    return tuple(
        Argument(p.name, (), given("cpu" if "device" in p.name.lower() else literal(p.handed)), True, p.by_place)
        for p in parameters
        if p.handed is not None
    )
