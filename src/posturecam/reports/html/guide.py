"""How to take the photo: one page to print, and the same in the terminal."""

from typing import IO

from posturecam.reports.html.guide_drawings import drawings
from posturecam.reports.html.markup import Html, document, tag
from posturecam.text.language import _, later

TITLE = later("How to take the photo")

INTRODUCTION = later(
    "A level camera and a relaxed stance matter more than an expensive phone. Whatever makes two photos alike makes "
    "the numbers more certain."
)

STEPS: dict[str, tuple[str, ...]] = {
    later("The room"): (
        later("A plain wall in another colour than your clothes, soft light from the front, no hard shadows."),
        later(
            "Something truly upright in the picture, as far from the camera as you are: a weight "
            "on a thread, or a door frame.",
        ),
        later(
            "A posture chart or a grid on the wall: hang it by a spirit level, and hold a weight on a thread beside it "
            "once. A chart that hangs askew tilts everybody in that room; surest is the marker of posturecam "
            "calibrate board --large, which hangs by its own thread.",
        ),
        later("Nobody else in the picture, and no mirror."),
    ),
    later("The camera"): (
        later(
            "On a tripod or a shelf, not in the hand. The lens at the height of your hips, about 1 m above the floor."
        ),
        later("3 to 4 m away. No digital zoom and no wide angle; the 2× lens of a phone is good."),
        later("Upright format, lens level: switch on the camera's grid or level."),
        later("The body fills 70 to 85 % of the picture's height. 1080 × 1920 pixels are enough."),
        later(
            "Leave the photo as the camera saved it: upright, not cropped, not made smaller. Then its lens is known."
        ),
        later("Use the rear camera. A front camera may save a mirror image: then add --mirrored."),
    ),
    later("Clothes"): (
        later("Tight shorts and a close top; for the photo from behind a bare back or a close top."),
        later("Barefoot or in socks. Hair up, no jewellery, nothing in hands or pockets."),
    ),
    later("How to stand"): (
        later(
            "Let your feet stand as they like, heels 7 to 10 cm apart, toes a little out. Draw "
            "round them once on a sheet of paper.",
        ),
        later("March on the spot for 5 to 10 seconds, then stop."),
        later("Look straight ahead at a mark at eye level. Let the arms hang."),
        later("Breathe in deeply, sigh it out, and let the self-timer or a friend take the photo."),
        later("Do not correct yourself: the photo is to show how you really stand."),
        later(
            "Crutches, a walking frame, a rail or a prosthesis: use them as every day, and the same way each time. The "
            "program does not see them, and an arm that leans on one lifts its shoulder: write it beside the numbers."
        ),
        later(
            "Whoever sits, in a wheelchair or on a chair, can be photographed as well: the picture is shown, and no "
            "number of standing is given."
        ),
    ),
    later("Which photos"): (
        later("From the front and from behind; from the left and from the right too if you can."),
        later(
            "Step off, come back, and take each view three times: one photo says how you stood "
            "then, three say how you stand.",
        ),
        later("Next time the same spot, the same distance, similar clothes."),
    ),
    later("Before the shutter"): (
        later("Is the whole body in the picture, feet and all?"),
        later("Are hips and shoulders square to the camera? A few degrees of turn already look like a tilt."),
        later("Is the picture level and the light even?"),
        later("Does something hurt today? Then wait for another day: pain bends the stance."),
    ),
}
"""What to do, in the order of doing it."""

PRIVACY = later(
    "Photos stay on this machine; posturecam sends nothing anywhere. Take care of photos of a bare back, ask before "
    "you photograph somebody else, and delete what you no longer need."
)


def guide_page() -> str:
    """Build the guide as one HTML page with its drawings inside."""
    return document(
        _(TITLE),
        tag("header", tag("h1", _(TITLE)), tag("p", _(INTRODUCTION), class_="soft")),
        tag(
            "main",
            *sections(),
            tag("p", _("Then:") + " ", tag("code", _("posturecam analyze photo.jpg --out result/"))),
        ),
    )


def sections() -> tuple[Html, ...]:
    """Show the drawings, the steps, and what becomes of the photos."""
    return (
        drawings(),
        tag("div", *(_section(*step) for step in _numbered()), class_="steps"),
        tag("p", tag("strong", _("Privacy.") + " "), _(PRIVACY), class_="disclaimer"),
    )


def _section(title: str, lines: list[str]) -> Html:
    return tag("section", tag("h2", title), tag("ul", *(tag("li", line) for line in lines)))


def _numbered() -> list[tuple[str, list[str]]]:
    """Give each step its number, and its points."""
    steps = enumerate(STEPS.items(), 1)
    return [(f"{number}. {_(title)}", [_(line) for line in lines]) for number, (title, lines) in steps]


def print_guide(file: IO[str] | None = None) -> None:
    """Write the guide to the terminal, or to an open text file."""
    from posturecam.reports.terminal.printer import Printer  # noqa: PLC0415  (the page does not need rich)

    printer = Printer(file)
    printer.title(_(TITLE))
    printer.paragraph(_(INTRODUCTION))
    for title, lines in _numbered():
        printer.heading(title)
        printer.bullets(lines)
    printer.gap()
    printer.paragraph(_(PRIVACY))
    printer.paragraph(_("As a page with drawings:  posturecam guide --out guide.html"))
