"""What a sitting ends with: all that was measured is brought together, written where that is wished, and told."""

from dataclasses import replace

from posturecam.knowledge import Knowledge
from posturecam.live import results
from posturecam.live.balance import told_of
from posturecam.live.balance_pictures import measure_again
from posturecam.live.in_turn import InTurn
from posturecam.live.session import BalanceSession, MeasureSession, Outcome, Session
from posturecam.live.sitting import Result, Wishes
from posturecam.measures.balance import Balance
from posturecam.patterns.answers import Answers
from posturecam.pipeline.exam import exam_of, with_balance
from posturecam.poses.detection import PoseFinder
from posturecam.text.language import _
from posturecam.text.language.views import of_view


def close(  # noqa: PLR0913, PLR0917  (all that a sitting ends with)
    wishes: Wishes,
    session: Session,
    result: Result,
    finder: PoseFinder,
    knowledge: Knowledge,
    answers: Answers | None,
) -> None:
    """Bring together what was measured, and write what belongs together. Raises OutputError."""
    if isinstance(session, InTurn):
        balance = _balance(wishes, session.balancing, result, finder, knowledge)
        lacking, result.why_nothing = result.why_nothing, ""
        _measured(wishes, session.measuring, result, knowledge, answers, balance)
        _captures(wishes, result)
        result.why_nothing = " ".join(filter(None, (result.why_nothing, lacking)))
    elif isinstance(session, BalanceSession):
        _balance(wishes, session, result, finder, knowledge)
    elif isinstance(session, MeasureSession):
        _measured(wishes, session, result, knowledge, answers, None)


def _measured(  # noqa: PLR0913, PLR0917  (all that a sitting ends with)
    wishes: Wishes,
    session: MeasureSession,
    result: Result,
    knowledge: Knowledge,
    answers: Answers | None,
    balance: Balance | None,
) -> None:
    """Take the measurements; the balance test joins the exam, or each of them where there is no exam."""
    result.outcomes = session.outcomes
    photos = [one.measured.assessment for one in session.outcomes]
    if session.exam and session.outcomes:
        result.exam = exam_of(photos, (), knowledge, answers, balance=balance)
    elif balance is not None:
        result.outcomes = [_joined(one, balance, knowledge) for one in session.outcomes]
    if result.exam is not None and wishes.out is not None:
        pictures = {one.view.value: results.shown_picture(one.measured, wishes.privacy) for one in session.outcomes}
        result.written += results.write_exam(wishes.out, result.exam, pictures)
    if not session.outcomes:
        result.why_nothing = session.why_nothing()
    elif session.missing:
        views = ", ".join(of_view(view) for view in session.missing)
        result.why_nothing = _("the exam is not complete; still to be measured: {views}.", views=views)


def _joined(outcome: Outcome, balance: Balance, knowledge: Knowledge) -> Outcome:
    assessment = with_balance(outcome.measured.assessment, balance, knowledge)
    return Outcome(replace(outcome.measured, assessment=assessment))


def _captures(wishes: Wishes, result: Result) -> None:
    """Write the measurements that waited for the balance test."""
    if wishes.out is None or result.exam is not None:
        return
    for number, outcome in enumerate(result.outcomes, 1):
        result.written += results.write_capture(wishes.out, outcome.measured, number, wishes.privacy)


def _balance(
    wishes: Wishes, session: BalanceSession, result: Result, finder: PoseFinder, knowledge: Knowledge
) -> Balance | None:
    """Take the balance test; None when there was no try."""
    session.test.finish()
    measure_again(session.test, finder)
    balance = told_of(session.test, knowledge)
    result.balance, result.told = session.test, balance.notes
    if wishes.out is not None:
        result.written += results.write_balance(wishes.out, session.test, knowledge)
    if not session.seen:
        result.why_nothing = _(
            "nobody was seen. Show the whole body, head to feet, 3 to 4 m away. See: posturecam guide"
        )
    elif not session.test.tries:
        result.why_nothing = _(
            "nobody was seen standing on one leg after standing on both. Lift a foot well off the floor."
        )
    return balance if session.test.tries else None
