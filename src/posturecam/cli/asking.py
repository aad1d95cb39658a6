"""Ask the questions one after the other; Enter skips."""

import typer

from posturecam.cli.saying import say
from posturecam.knowledge import Knowledge
from posturecam.knowledge.advice import Question
from posturecam.text.language import _

Given = dict[str, str | list[str] | bool]


def asked(knowledge: Knowledge) -> Given:
    """Ask everything that the tables ask, the warning signs first."""
    say(_("Every question can be skipped with Enter. Left and right are your own. Nothing leaves this machine.\n"))
    given: Given = {}
    say(_("First, signs that somebody should look at. Answer y for yes, n for no."))
    for warning in knowledge.warnings.values():
        answer = yes_or_no(warning.text)
        if answer is not None:
            given[warning.key] = answer
    say(_("\nNow your history."))
    for question in knowledge.questions.values():
        answer_given = choose(question)
        if answer_given is not None:
            given[question.key] = answer_given
    return given


YES, NO = ("y", "yes", "j", "ja"), ("n", "no", "nein")
"""What may be typed, in any language."""


def yes_or_no(text: str) -> bool | None:
    """Ask for yes or no until one of them, or nothing, is typed."""
    keys = _("[y/n]")
    while True:
        typed = typer.prompt(f"  {text} {keys}", default="", show_default=False).strip().casefold()
        if not typed:
            return None
        if typed in (*YES, *NO):
            return typed in YES
        say(_("  Please type y or n, or press Enter to skip."))


def choose(question: Question) -> str | list[str] | None:
    """Ask for one choice by number or name (several, with commas, where the question allows it)."""
    say(f"\n{question.text}")
    for number, choice in enumerate(question.choices, 1):
        say(f"  {number}  {question.words[choice]}")
    hint = _("Numbers, with commas") if question.multiple else _("Number")
    while True:
        typed = typer.prompt(f"  {hint}", default="", show_default=False).strip()
        if not typed:
            return None
        found = [_one(part.strip(), question) for part in typed.split(",")]
        if None not in found and (question.multiple or len(found) == 1):
            names = [one for one in found if one]
            return names if question.multiple else names[0]
        say(_("  Please type a number from 1 to {count}, or press Enter to skip.", count=len(question.choices)))


def _one(typed: str, question: Question) -> str | None:
    if typed.isdecimal() and 1 <= int(typed) <= len(question.choices):
        return question.choices[int(typed) - 1]
    return typed if typed in question.choices else None


def written(given: Given) -> str:
    """Write the answers as TOML."""
    lines = [_("# Answers for posturecam analyze --answers. Left and right are your own.")]
    lines += [f"{key} = {_value(value)}" for key, value in given.items()]
    return "\n".join(lines) + "\n"


def _value(value: str | list[str] | bool) -> str:  # noqa: FBT001  (an answer is yes or no)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(_value(one) for one in value)}]"
    return f'"{value}"'
