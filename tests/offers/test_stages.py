"""An offer goes from stage to stage, forwards by its people, backwards with a reason."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from cast import make_cast, make_profile, make_user
from offers.making import ROOT, UNKNOWN, cell, fresh, given, offer, people, price, say, setting, states, through
from offers.making import told as said_of
from purveyor.audit.models import Entry
from purveyor.common.errors import Conflict, Denied, NotFound, Refused
from purveyor.offers import rules
from purveyor.offers.domain.answer import approve
from purveyor.offers.domain.complete import complete
from purveyor.offers.domain.mapping import map_row
from purveyor.offers.domain.stages import confirm, decline, hand_on, revoke, send_back
from purveyor.offers.models import Answer, Offer, Stage
from purveyor.people.domain.tokens import make_token
from purveyor.people.who import Who
from purveyor.profiles.models import Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def mine(held_clock: object) -> Profile:
    return make_profile()


@pytest.fixture
def made(mine: Profile) -> Offer:
    return offer(mine, UNKNOWN)


@pytest.fixture
def who(mine: Profile) -> Mapping[str, Who]:
    return people(mine)


@pytest.fixture
def proposed(mine: Profile, made: Offer, who: Mapping[str, Who]) -> Offer:
    """Four eyes; commerce handed it on and waits for the second person."""
    setting(mine, "four_eyes", "yes")
    approve(who["commerce"], made, "commerce")
    return hand_on(who["commerce"], made)


def stage(of: Offer, key: str = "commerce") -> Stage:
    return Stage.objects.get(offer=of, key=key)


def refusal(verb: object) -> Refused:
    with pytest.raises(Refused) as error:
        verb()  # type: ignore[operator]  # either of several verbs
    return error.value


def actions() -> list[tuple[str, str]]:
    rows = Entry.objects.filter(action__startswith="offer.").exclude(action="offer.answered").order_by("pk")
    return list(rows.values_list("action", "object_name"))[2:]


def test_handing_on_opens_the_next_stage(made: Offer, who: Mapping[str, Who]) -> None:
    approve(who["commerce"], made, "commerce")
    handed = hand_on(who["commerce"], made, expect_version=2)
    assert (states(made), handed.version, fresh(made).version) == (["done", "open", "waiting"], 3, 3)
    done = stage(made)
    assert (done.approved_by, done.approver, done.second_by) == ("user:commerce-lead", who["commerce"].user, "")
    assert actions() == [("offer.stage_done", "BB-1/commerce"), ("offer.stage_open", "BB-1/manufacturing")]


def test_offer_goes_through_all_of_its_stages(made: Offer) -> None:
    through(made)
    assert states(made) == ["done", "done", "done"]
    with pytest.raises(Refused, match="No stage of offer BB-1 is open"):
        hand_on(ROOT, made)


def test_undecided_cells_of_mapped_rows_are_counted_and_the_first_named(made: Offer, who: Mapping[str, Who]) -> None:
    say(who["commerce"], made, "commerce", given(quantity=1))
    error = refusal(lambda: hand_on(who["commerce"], made))
    said = "2 cells are not decided yet, the first is row 5, delivery 2."
    assert (error.message, said_of(error.problems)) == (said, [("row 5, delivery 2", said)])
    say(who["commerce"], made, "commerce", given(5, 2, quantity=1))
    error = refusal(lambda: hand_on(who["commerce"], made))
    assert error.message == "1 cell is not decided yet: row 6, delivery 1."
    assert states(made) == ["open", "waiting", "waiting"]


def test_answers_of_another_stage_decide_nothing_here(made: Offer, who: Mapping[str, Who]) -> None:
    through(made, "commerce")
    assert refusal(lambda: hand_on(who["manufacturing"], made)).message.startswith("3 cells are not decided yet")


def test_handing_on_an_old_version_is_a_conflict(made: Offer, who: Mapping[str, Who]) -> None:
    approve(who["commerce"], made, "commerce")
    with pytest.raises(Conflict):
        hand_on(who["commerce"], made, expect_version=1)
    assert states(made) == ["open", "waiting", "waiting"]


def test_only_the_stages_own_people_hand_on(made: Offer, who: Mapping[str, Who]) -> None:
    approve(ROOT, made, "commerce")
    with pytest.raises(Denied):
        hand_on(who["manufacturing"], made)
    assert states(made) == ["open", "waiting", "waiting"]


def test_four_eyes_wait_for_a_second_person(proposed: Offer, who: Mapping[str, Who], mine: Profile) -> None:
    assert states(proposed) == ["proposed", "waiting", "waiting"]
    assert refusal(lambda: confirm(who["commerce"], proposed)).message == (
        "The second person cannot be the one who handed the offer on."
    )
    other = Who.of(make_user("bert", "commerce", mine))
    confirmed = confirm(other, proposed, expect_version=proposed.version)
    assert (states(proposed), stage(proposed).second_by) == (["done", "open", "waiting"], "user:bert")
    assert fresh(proposed).version == confirmed.version == proposed.version + 1


def test_token_of_the_one_who_handed_on_is_no_second_person(
    proposed: Offer, who: Mapping[str, Who], mine: Profile
) -> None:
    user = who["commerce"].user
    assert user is not None
    token, _text = make_token(user, "mine", ["offers.view", "offers.commerce"], mine)
    assert refusal(lambda: confirm(Who.of_token(token), proposed)).message == (
        "The second person cannot be the one who handed the offer on."
    )
    assert not rules.may_confirm(Who.of_token(token), stage(proposed))


def test_who_has_no_user_is_told_by_name(made: Offer, mine: Profile) -> None:
    setting(mine, "four_eyes", "yes")
    approve(ROOT, made, "commerce")
    hand_on(ROOT, made)
    assert not rules.may_confirm(Who.cli(), stage(made))
    assert rules.may_confirm(Who.system("test"), stage(made))


def test_people_of_other_stages_confirm_nothing(proposed: Offer, who: Mapping[str, Who]) -> None:
    for verb in (confirm, lambda w, o: decline(w, o, "no")):
        with pytest.raises(Denied):
            verb(who["manufacturing"], proposed)
    assert states(proposed) == ["proposed", "waiting", "waiting"]


def test_old_version_is_not_confirmed(proposed: Offer) -> None:
    with pytest.raises(Conflict):
        confirm(ROOT, proposed, expect_version=1)
    assert states(proposed) == ["proposed", "waiting", "waiting"]


@pytest.mark.parametrize(
    ("limit", "first"), [("0", "done"), ("1075.01", "done"), ("1075", "proposed"), ("0.01", "proposed")]
)
def test_value_from_the_limit_on_needs_a_second_approver(
    made: Offer, mine: Profile, who: Mapping[str, Who], limit: str, first: str
) -> None:
    """100 × 4.50 + 50 × 4.50 + 200 × 2.00 is 1,075; the row without a product counts for nothing."""
    setting(mine, "value_limit", limit)
    approve(who["commerce"], made, "commerce")
    hand_on(who["commerce"], made)
    assert states(made)[0] == first


def test_value_is_what_the_stage_leaves_not_what_was_asked(made: Offer, mine: Profile, who: Mapping[str, Who]) -> None:
    setting(mine, "value_limit", "1000")
    say(who["commerce"], made, "commerce", given(quantity=50))
    approve(who["commerce"], made, "commerce")
    hand_on(who["commerce"], made)
    assert states(made)[0] == "done"
    say(who["manufacturing"], made, "manufacturing", given(quantity=50, price=price("9")))
    approve(who["manufacturing"], made, "manufacturing")
    hand_on(who["manufacturing"], made)
    assert states(made)[1] == "proposed"


def test_above_the_limit_only_who_may_confirm_is_second(made: Offer, mine: Profile, who: Mapping[str, Who]) -> None:
    setting(mine, "value_limit", "1000")
    approve(who["commerce"], made, "commerce")
    hand_on(who["commerce"], made)
    with pytest.raises(Denied, match=r"offers\.second"):
        confirm(Who.of(make_user("bert", "commerce", mine)), made)
    confirm(Who.of(make_user("boss", "vendor-manager", mine)), made)
    assert (states(made)[0], stage(made).second_by) == ("done", "user:boss")


def test_declining_opens_the_stage_again(proposed: Offer, mine: Profile) -> None:
    other = Who.of(make_user("bert", "commerce", mine))
    declined = decline(other, proposed, " too many ")
    assert (states(proposed), declined.version) == (["open", "waiting", "waiting"], proposed.version + 1)
    found = stage(proposed)
    assert (found.reason, found.approved_by, found.approver, found.second_by) == ("too many", "", None, "")
    assert Answer.objects.filter(stage=found).count() == 3
    entry = Entry.objects.get(action="offer.declined")
    assert (entry.because, entry.new, entry.by) == ("too many", {"stage": "commerce"}, "user:bert")


def test_nothing_is_confirmed_or_declined_where_nobody_waits(made: Offer) -> None:
    for verb in (lambda: confirm(ROOT, made), lambda: decline(ROOT, made, "x")):
        assert refusal(verb).message == "No stage of offer BB-1 waits for a second person."


def test_sending_back_opens_the_earlier_stage_and_keeps_all_answers(made: Offer, who: Mapping[str, Who]) -> None:
    through(made, "commerce", "manufacturing")
    approve(who["warehouse"], made, "warehouse")
    sent = send_back(who["warehouse"], made, "commerce", " no pallets ")
    assert (states(made), fresh(made).version) == (["open", "waiting", "waiting"], sent.version)
    assert stage(made).reason == "no pallets"
    assert [one.approved_by for one in Stage.objects.filter(offer=made)] == ["", "", ""]
    assert Answer.objects.filter(cell=cell(made)).count() == 3
    entry = Entry.objects.get(action="offer.sent_back")
    assert (entry.because, entry.new) == ("no pallets", {"stage": "warehouse", "to": "commerce"})
    assert actions()[-3:] == [
        ("offer.stage_waiting", "BB-1/manufacturing"),
        ("offer.stage_waiting", "BB-1/warehouse"),
        ("offer.stage_open", "BB-1/commerce"),
    ]


def test_stages_between_go_on_from_their_answers(made: Offer, who: Mapping[str, Who]) -> None:
    through(made, "commerce", "manufacturing")
    send_back(who["warehouse"], made, "commerce", "x")
    hand_on(who["commerce"], made)
    hand_on(who["manufacturing"], made)
    assert states(made) == ["done", "done", "open"]


def test_who_sends_back_whose_turn_it_is_or_who_manages(made: Offer, who: Mapping[str, Who], mine: Profile) -> None:
    through(made, "commerce", "manufacturing")
    with pytest.raises(Denied):
        send_back(who["manufacturing"], made, "commerce", "x")
    send_back(Who.of(make_user("boss", "vendor-manager", mine)), made, "manufacturing", "x")
    assert states(made) == ["done", "open", "waiting"]


def test_finished_offer_is_sent_back_by_who_completes_it(made: Offer, who: Mapping[str, Who]) -> None:
    through(made)
    with pytest.raises(Denied):
        send_back(who["warehouse"], made, "commerce", "x")
    send_back(who["commerce"], made, "warehouse", "x")
    assert states(made) == ["done", "done", "open"]


def test_stage_takes_its_approval_back(made: Offer, who: Mapping[str, Who]) -> None:
    through(made)
    revoked = revoke(who["manufacturing"], made, "manufacturing", "machine broke")
    assert (states(made), fresh(made).version) == (["done", "open", "waiting"], revoked.version)
    entry = Entry.objects.get(action="offer.revoked")
    assert (entry.because, entry.new) == ("machine broke", {"stage": "manufacturing"})


def test_stage_that_waits_for_a_second_person_is_taken_back(proposed: Offer, who: Mapping[str, Who]) -> None:
    revoke(who["commerce"], proposed, "commerce", "wait")
    assert states(proposed) == ["open", "waiting", "waiting"]


def test_only_its_own_people_take_a_stage_back(made: Offer, who: Mapping[str, Who]) -> None:
    through(made, "commerce")
    with pytest.raises(Denied):
        revoke(who["manufacturing"], made, "commerce", "x")
    assert states(made) == ["done", "open", "waiting"]


@pytest.mark.parametrize("key", ["commerce", "manufacturing"])
def test_what_was_not_handed_on_is_neither_sent_back_to_nor_taken_back(made: Offer, key: str) -> None:
    said = f"Stage {key.title()} of offer BB-1 has not handed it on."
    assert refusal(lambda: revoke(ROOT, made, key, "x")).message == said
    assert refusal(lambda: send_back(ROOT, made, key, "x")).message == said


def test_going_back_needs_a_reason(made: Offer, proposed: Offer) -> None:
    for verb, said in (
        (lambda: decline(ROOT, made, " "), "Say why the stage is declined."),
        (lambda: send_back(ROOT, made, "commerce", ""), "Say why the offer is sent back."),
        (lambda: revoke(ROOT, made, "commerce", "\n"), "Say why the approval is taken back."),
    ):
        assert said_of(refusal(verb).problems) == [("reason", said)]
    assert states(made) == ["proposed", "waiting", "waiting"]


def test_unknown_stage_is_not_found(made: Offer) -> None:
    for verb in (revoke, send_back):
        with pytest.raises(NotFound):
            verb(ROOT, made, "finance", "x")


def test_completed_offer_stays_as_it_is(mine: Profile) -> None:
    done = complete(ROOT, through(offer(mine)))
    for verb in (
        lambda: hand_on(ROOT, done),
        lambda: confirm(ROOT, done),
        lambda: decline(ROOT, done, "x"),
        lambda: send_back(ROOT, done, "commerce", "x"),
        lambda: revoke(ROOT, done, "commerce", "x"),
    ):
        assert refusal(verb).message == "Offer BB-1 is completed: its answers are frozen."


def test_stranger_moves_nothing(held_clock: object) -> None:
    cast = make_cast()
    made = through(offer(cast.profile), "commerce")
    who = cast.who("stranger")
    for verb in (
        lambda: hand_on(who, made),
        lambda: send_back(who, made, "commerce", "x"),
        lambda: revoke(who, made, "commerce", "x"),
    ):
        with pytest.raises(Denied):
            verb()
    assert (states(made), fresh(made).version) == (["done", "open", "waiting"], made.version)


def test_late_answer_that_waits_for_a_second_person_holds_the_stage_after_the_next(
    made: Offer, mine: Profile, who: Mapping[str, Who]
) -> None:
    through(made, "commerce")
    map_row(ROOT, made, 9, sku="SPOON-1")
    setting(mine, "four_eyes", "yes")
    say(who["commerce"], made, "commerce", given(9, 1, quantity=7))
    setting(mine, "four_eyes", "no")
    approve(who["manufacturing"], made, "manufacturing")
    hand_on(who["manufacturing"], made)
    assert states(made) == ["proposed", "done", "waiting"]
    confirm(Who.of(make_user("bert", "commerce", mine)), made)
    assert states(made) == ["done", "done", "open"]
