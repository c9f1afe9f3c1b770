"""Random configurations of matrix products and of what broadcasts."""

from trial import Dice, Trial


def matmul(dice: Dice) -> Trial:
    inner, batch = dice.size(1, 5), dice.sizes(dice.size(0, 2), 1, 3)
    left = [inner] if dice.flag(0.15) else [*thinned(dice, batch), dice.size(1, 5), inner]
    right = [inner] if dice.flag(0.15) else [*thinned(dice, batch), inner, dice.size(1, 5)]
    return Trial("MatMul", {}, {"a": dice.array(left), "b": dice.array(right)}, {"b"} if dice.flag() else set())


def thinned(dice: Dice, batch: list[int]) -> list[int]:
    """A batch that broadcasts to this one."""
    kept = batch[dice.size(0, len(batch)) :] if dice.flag(0.3) else batch
    return [1 if dice.flag(0.3) else n for n in kept]


def gemm(dice: Dice) -> Trial:
    rows, inner, columns = dice.sizes(3, 1, 6)
    attributes = {key: 1 for key in dice.some(["transA", "transB"])}
    inputs = {"a": dice.array([inner, rows] if "transA" in attributes else [rows, inner]),
              "b": dice.array([columns, inner] if "transB" in attributes else [inner, columns])}
    if dice.flag():
        inputs["c"] = dice.array(dice.pick([[columns], [1], [rows, 1], [rows, columns], []]))
    return Trial("Gemm", attributes, inputs, {"b", "c"} & set(inputs) if dice.flag() else set())


EQUATIONS = ["ij,jk->ik", "ij,jk", "bij,bjk->bik", "bhqd,bhkd->bhqk", "...ij,...jk->...ik", "i,j->ij", "ij->ji",
             "ii->i", "ij,ij->", "bij,kj->bik", "ij,jk,kl->il", "bi,bi->b", "...i,...i->...", "ij->", "abc,cd->dab"]


def einsum(dice: Dice) -> Trial:
    equation = dice.pick(EQUATIONS)
    sizes = {letter: dice.size(1, 5) for letter in sorted(set(equation) - set(",->."))}
    hidden = dice.sizes(dice.size(0, 2), 1, 3)
    inputs = {}
    for number, term in enumerate(equation.partition("->")[0].split(",")):
        before, dots, after = term.partition("...")
        shape = [sizes[c] for c in before] + (hidden if dots else []) + [sizes[c] for c in after]
        inputs[f"x{number}"] = dice.array(shape)
    return Trial("Einsum", {"equation": equation}, inputs)


def add(dice: Dice) -> Trial:
    shape = dice.sizes(dice.size(0, 4), 1, 5)
    return Trial("Add", {}, {"a": dice.array(thinned(dice, shape)), "b": dice.array(thinned(dice, shape))})


def where(dice: Dice) -> Trial:
    shape = dice.sizes(dice.size(0, 4), 1, 5)
    inputs = {"c": dice.array(thinned(dice, shape)) > 0, "a": dice.array(thinned(dice, shape)),
              "b": dice.array(thinned(dice, shape))}
    return Trial("Where", {}, inputs)


OPERATORS = {"MatMul": matmul, "Gemm": gemm, "Einsum": einsum, "Add": add, "Where": where}
