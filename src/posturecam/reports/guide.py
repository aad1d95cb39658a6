"""How to take the photo: one page to print, and the same in the terminal."""

from typing import IO

from posturecam.reports.guide_drawings import drawings
from posturecam.reports.markup import Html, document, tag

TITLE = "How to take the photo"

INTRODUCTION = (
    "A level camera and a relaxed stance matter more than an expensive phone. Whatever makes two photos alike makes "
    "the numbers more certain."
)

STEPS: dict[str, str] = {
    "The room": """
A plain wall in another colour than your clothes, soft light from the front, no hard shadows.
Something truly upright in the picture, as far from the camera as you are: a weight on a thread, or a door frame.
Nobody else in the picture, and no mirror.
""",
    "The camera": """
On a tripod or a shelf, not in the hand. The lens at the height of your hips, about 1 m above the floor.
3 to 4 m away. No digital zoom and no wide angle; the 2× lens of a phone is good.
Upright format, lens level: switch on the camera's grid or level.
The body fills 70 to 85 % of the picture's height. 1080 × 1920 pixels are enough.
Use the rear camera. A front camera may save a mirror image: then add --mirrored.
""",
    "Clothes": """
Tight shorts and a close top; for the photo from behind a bare back or a close top.
Barefoot or in socks. Hair up, no jewellery, nothing in hands or pockets.
""",
    "How to stand": """
Let your feet stand as they like, heels 7 to 10 cm apart, toes a little out. Draw round them once on a sheet of paper.
March on the spot for 5 to 10 seconds, then stop.
Look straight ahead at a mark at eye level. Let the arms hang.
Breathe in deeply, sigh it out, and let the self-timer or a friend take the photo.
Do not correct yourself: the photo is to show how you really stand.
""",
    "Which photos": """
From the front and from behind; from the left and from the right too if you can.
Step off, come back, and take each view three times: one photo says how you stood then, three say how you stand.
Next time the same spot, the same distance, similar clothes.
""",
    "Before the shutter": """
Is the whole body in the picture, feet and all?
Are hips and shoulders square to the camera? A few degrees of turn already look like a tilt.
Is the picture level and the light even?
Does something hurt today? Then wait for another day: pain bends the stance.
""",
}
"""What to do, in the order of doing it; one line is one point."""

PRIVACY = (
    "Photos stay on this machine; posturecam sends nothing anywhere. Take care of photos of a bare back, ask before "
    "you photograph somebody else, and delete what you no longer need."
)


def guide_page() -> str:
    """Build the guide as one HTML page with its drawings inside."""
    return document(
        TITLE,
        tag("header", tag("h1", TITLE), tag("p", INTRODUCTION, class_="soft")),
        tag(
            "main",
            *sections(),
            tag("p", "Then: ", tag("code", "posturecam analyze photo.jpg --out result/")),
        ),
    )


def sections() -> tuple[Html, ...]:
    """Show the drawings, the steps, and what becomes of the photos."""
    return (
        drawings(),
        tag("div", *(_section(*step) for step in _numbered()), class_="steps"),
        tag("p", tag("strong", "Privacy. "), PRIVACY, class_="disclaimer"),
    )


def _section(title: str, lines: list[str]) -> Html:
    return tag("section", tag("h2", title), tag("ul", *(tag("li", line) for line in lines)))


def _numbered() -> list[tuple[str, list[str]]]:
    """Give each step its number, and its text split into points."""
    return [(f"{number}. {title}", text.strip().splitlines()) for number, (title, text) in enumerate(STEPS.items(), 1)]


def print_guide(file: IO[str] | None = None) -> None:
    """Write the guide to the terminal, or to an open text file."""
    from posturecam.reports.terminal import Printer  # noqa: PLC0415  (the page does not need rich)

    printer = Printer(file)
    printer.title(TITLE)
    printer.paragraph(INTRODUCTION)
    for title, lines in _numbered():
        printer.heading(title)
        printer.bullets(lines)
    printer.gap()
    printer.paragraph(PRIVACY)
    printer.paragraph("As a page with drawings:  posturecam guide --out guide.html")
