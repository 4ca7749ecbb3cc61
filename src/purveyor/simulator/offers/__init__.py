"""Invitations to bulk buys: the pretended buyer asks by workbook, reads the answer, orders what was promised."""

from purveyor.simulator.offers.verbs import EVENT, every, find, hand_in, invite, order, workbook

__all__ = ["EVENT", "every", "find", "hand_in", "invite", "order", "workbook"]
