"""Recognises loops that train and build nothing, so that they need not run to their end."""

from __future__ import annotations

import ast
from typing import cast, final

from convwise.dialects.python.machine import Frame, Machine
from convwise.dialects.python.signatures import own_nodes
from convwise.dialects.python.values import Unknown

_STRETCH = 64
_PLAIN = frozenset((int, float, str, bool))


@final
class Idle:
    """Watches one loop: every 64 rounds it compares what the loop's names hold with before.

    A loop is idle when, for a whole such stretch, something unknown or mere data was made, nothing
    that builds a network was, and no name assigned in it holds another plain value than before.
    Its body is then put in doubt, so a wrong guess gives unknown values, never wrong ones.
    """

    __slots__ = ("counts", "frame", "node", "rounds", "run", "seen")

    def __init__(self, run: Machine, node: ast.For | ast.While, frame: Frame) -> None:
        self.run = run
        self.node = node
        self.frame = frame
        self.rounds = 0
        self.counts = (0, 0)
        self.seen: dict[str, object] | None = None

    def found(self) -> bool:
        """Count a round; is the loop known to be idle now?"""
        self.rounds += 1
        if self.rounds & (_STRETCH - 1):
            return False
        now = self._state()
        actions, doubts = self.run.meter.actions, self.run.meter.doubts
        idle = self.seen == now and self.counts[0] == actions and self.counts[1] != doubts
        self.seen = now
        self.counts = (actions, doubts)
        return idle

    def _state(self) -> dict[str, object]:
        names = self.frame.vars
        return {name: _comparable(names.get(name)) for name in self._assigned()}

    def _assigned(self) -> frozenset[str]:
        key = ("assigned", self.node)
        known = self.run.caches.get(key)
        if known is None:
            known = self.run.caches[key] = _stored(self.node.body) - self._targets()
        return cast("frozenset[str]", known)

    def _targets(self) -> frozenset[str]:
        return _stored([self.node.target]) if isinstance(self.node, ast.For) else frozenset()


def _comparable(value: object) -> object:
    return value if value.__class__ in _PLAIN else value.__class__ is Unknown


def _stored(nodes: list[ast.stmt] | list[ast.expr]) -> frozenset[str]:
    return frozenset(
        node.id
        for node in own_nodes(cast("list[ast.stmt]", nodes))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
