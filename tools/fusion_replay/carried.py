"""What a loop carries from trip to trip and updates: a chain of scatters from an argument of its body to what the body
gives back, each the last to read what it writes into."""

import text_graph


class Carried:
    def __init__(self, graph: text_graph.Graph) -> None:
        self.graph = graph
        self.place = {id(node): place for place, node in enumerate(graph.nodes)}
        self.readers: dict[str, list[text_graph.Node]] = {}
        for node in graph.nodes:
            for value in {*node.operands} - {None}:
                self.readers.setdefault(value, []).append(node)
        self.users = {value: list(nodes) for value, nodes in self.readers.items()}
        self.given_back = {*graph.outputs, *(value for _, values in graph.yields for value in values)}
        owners = {region: node for node in graph.nodes for region in node.regions}
        for region, values in graph.yields:  # what a region gives back is read by the operator around it
            for value in values:
                self.users.setdefault(value, []).append(owners[region])
        for users in self.users.values():
            users.sort(key=lambda node: self.place[id(node)])
        self.updates: set[int] = set()  # scatters that write into what is carried, as Python's id() has them
        self.chains: dict[str, str] = {}  # by what a body gives back: the argument that it was
        loops = {node.regions[0]: node for node in graph.nodes if node.op == "loop" and len(node.regions) == 1}
        for argument, region in graph.arguments:
            if region in loops:
                self.follow(argument, region)

    def follow(self, argument: str, region: int) -> None:
        value, chain = argument, []
        back = dict(self.graph.yields).get(region, [])
        while value not in back:
            last = self.users[value][-1] if self.users.get(value) else None
            if last is None or last.op != "scatter" or last.region != region or last.operands[0] != value:
                return
            chain.append(id(last))
            value = last.results[0]
        if chain and value not in self.readers:
            self.updates.update(chain)
            self.chains[value] = argument

    def continued(self, loop: text_graph.Node, result: str) -> str | None:
        """The operand in whose place a result of a loop lies, if nobody sees that one afterwards."""
        if loop.op != "loop" or len(loop.regions) != 1:
            return None
        back = dict(self.graph.yields).get(loop.regions[0], [])
        arguments = [name for name, region in self.graph.arguments if region == loop.regions[0]]
        first = len(arguments) - len(loop.results)
        if len(back) != len(loop.results) + 1 or len(arguments) != len(loop.operands) or first < 0:
            return None
        k = loop.results.index(result)
        operand = loop.operands[first + k]
        if back[k + 1] is None or self.chains.get(back[k + 1]) != arguments[first + k]:
            return None
        return operand if operand and self.is_last_use(operand, loop) else None

    def is_last_use(self, value: str, loop: text_graph.Node) -> bool:
        makers = [node for node in self.graph.nodes if value in node.results]
        if not makers or makers[0].region != loop.region or value in self.given_back or loop.operands.count(value) > 1:
            return False
        return all(node is loop or (node.region == loop.region and self.place[id(node)] < self.place[id(loop)]
                                    and node.op not in SHOWS) for node in self.users[value])


SHOWS = {"reshape", "identity", "dropout", "expand", "slice", "split", "sequence", "dequantize", "transpose"}
