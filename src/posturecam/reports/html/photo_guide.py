"""How to take the photo: one page to print, with three drawings made by this project, and the same in the terminal."""

from typing import IO

from posturecam.reports.html.markup import Html, document, join, tag
from posturecam.text.language import N_, _


def drawings() -> Html:
    """Draw the set-up from the side, what the camera sees, and where the feet stand."""
    return tag(
        "div",
        _drawing_figure(
            _setup(),
            _("Camera at hip height, 3 to 4 m away, lens level. A weight on a thread shows what is upright."),
        ),
        _drawing_figure(_picture(), _("The whole body in an upright picture, with a little air above and below.")),
        _drawing_figure(
            _feet(), _("Feet seen from above: heels 7 to 10 cm apart, toes a little out. Draw round them once.")
        ),
        class_="drawings",
    )


def _drawing_figure(drawing: Html, caption: str) -> Html:
    return tag("figure", drawing, tag("figcaption", caption))


def _svg(width: int, height: int, title: str, *shapes: str) -> Html:
    return tag("svg", *shapes, viewBox=f"0 0 {width} {height}", class_="drawing", role="img", aria_label=title)


def _line(class_: str, *points: tuple[float, float], width: float | None = None) -> Html:
    path = "M" + " L".join(f"{x:g} {y:g}" for x, y in points)
    return tag("path", d=path, class_=class_, stroke_width=width)


def _words(x: float, y: float, words: str, anchor: str = "middle", class_: str | None = None) -> Html:
    return tag("text", words, x=x, y=y, text_anchor=anchor, class_=class_, font_size=19)


def _setup() -> Html:
    """Draw the camera at the left and the person at the right, both on the floor; the distance is not to scale."""
    return _svg(
        430,
        310,
        _("Side view of the set-up: camera at hip height, 3 to 4 metres from the standing person, level"),
        _line("floor", (16, 262), (420, 262)),
        _line("faint", (414, 20), (414, 262)),
        _line("sight", (116, 148), (300, 66)),
        _line("sight", (116, 148), (300, 258)),
        _camera(),
        _line("body", (325, 104), (325, 170), width=36),
        _line("body", (325, 176), (325, 246), width=25),
        _line("body", (327, 252), (303, 255), width=13),
        tag("circle", cx=321, cy=77, r=19, class_="skin"),
        _line("thing", (380, 24), (380, 226)),
        tag("circle", cx=380, cy=232, r=7, class_="solid"),
        _arrow((80, 284), (325, 284)),
        _words(202, 305, _("3 to 4 m")),
        _arrow((28, 258), (28, 150)),
        _words(36, 208, "1 m", "start"),
    )


def _camera() -> Html:
    return join(
        _line("thing", (80, 160), (80, 190), (58, 260)),
        _line("thing", (80, 190), (104, 260)),
        tag("rect", x=60, y=134, width=42, height=27, rx=4, class_="solid"),
        tag("rect", x=102, y=140, width=11, height=15, rx=2, class_="solid"),
    )


def _arrow(a: tuple[float, float], b: tuple[float, float]) -> Html:
    """Draw a dimension line with a tip at both ends, level or upright."""
    length = abs(b[0] - a[0]) + abs(b[1] - a[1])
    x, y = (b[0] - a[0]) / length, (b[1] - a[1]) / length
    return join(_line("measure", a, b), _tip(a, (10 * x, 10 * y)), _tip(b, (-10 * x, -10 * y)))


def _tip(at: tuple[float, float], inward: tuple[float, float]) -> Html:
    (x, y), (dx, dy) = at, inward
    corners = [(x, y), (x + dx - dy / 2, y + dy + dx / 2), (x + dx + dy / 2, y + dy - dx / 2)]
    return tag("polygon", points=" ".join(f"{u:g},{v:g}" for u, v in corners), class_="tip")


def _picture() -> Html:
    """Draw the picture's frame with the person and the thread."""
    corners = [((26, 22), 1, 1), ((194, 22), -1, 1), ((26, 288), 1, -1), ((194, 288), -1, -1)]
    return _svg(
        220,
        310,
        _("What the camera sees: the whole body from the front, arms hanging, four fifths of the picture's height"),
        tag("rect", x=16, y=12, width=188, height=286, rx=10, class_="faint"),
        *(_line("thing", (x, y + 16 * v), (x, y), (x + 16 * h, y)) for (x, y), h, v in corners),
        _line("floor", (30, 268), (190, 268)),
        _line("thing", (170, 30), (170, 236)),
        tag("circle", cx=170, cy=241, r=5, class_="solid"),
        tag("circle", cx=105, cy=58, r=15, class_="skin"),
        _line("body", (90, 97), (120, 97), (116, 150), (94, 150), (90, 97), (116, 150), width=22),
        _line("body", (80, 96), (74, 130), (71, 163), width=11),
        _line("body", (130, 96), (136, 130), (139, 163), width=11),
        _line("body", (94, 160), (90, 205), (88, 250), width=17),
        _line("body", (116, 160), (120, 205), (122, 250), width=17),
        _line("body", (87, 258), (82, 262), width=9),
        _line("body", (123, 258), (128, 262), width=9),
    )


def _feet() -> Html:
    """Two footprints on a sheet of paper."""
    return _svg(
        220,
        310,
        _("Both feet from above on a sheet of paper, heels 7 to 10 centimetres apart, toes turned out a little"),
        tag("rect", x=22, y=40, width=176, height=226, rx=4, class_="faint"),
        _foot(78, -10),
        _foot(142, 10),
        _arrow((78, 284), (142, 284)),
        _words(110, 306, _("7–10 cm")),
    )


def _foot(x: float, turn: float) -> Html:
    """Draw one footprint, the heel at (x, 240), turned by degrees."""
    sole = (
        "M0 10 C-17 10 -17 -18 -14 -42 C-13 -66 -24 -92 -19 -120 C-15 -140 14 -140 18 -118 "
        "C22 -94 12 -66 13 -42 C16 -18 17 10 0 10 Z"
    )
    toes = [(-12, -146, 7), (-1, -150, 5.5), (8, -147, 5), (15, -141, 4.5), (21, -133, 4)]
    flip = 1 if turn < 0 else -1
    shapes = [tag("path", d=sole, class_="skin")]
    shapes += [tag("circle", cx=-toe_x if flip > 0 else toe_x, cy=y, r=r, class_="skin") for toe_x, y, r in toes]
    return tag("g", *shapes, transform=f"translate({x:g} 240) rotate({turn:g})")


TITLE = N_("How to take the photo")

INTRODUCTION = N_(
    "A level camera and a relaxed stance matter more than an expensive phone. Whatever makes two photos alike makes "
    "the numbers more certain."
)

STEPS: dict[str, tuple[str, ...]] = {
    N_("The room"): (
        N_("A plain wall in another colour than your clothes, soft light from the front, no hard shadows."),
        N_(
            "Something truly upright in the picture, as far from the camera as you are: a weight "
            "on a thread, or a door frame.",
        ),
        N_(
            "A posture chart or a grid on the wall: hang it by a spirit level, and hold a weight on a thread beside it "
            "once. A chart that hangs askew tilts everybody in that room; surest is the marker of posturecam "
            "calibrate board --large, which hangs by its own thread.",
        ),
        N_("Nobody else in the picture, and no mirror."),
    ),
    N_("The camera"): (
        N_("On a tripod or a shelf, not in the hand. The lens at the height of your hips, about 1 m above the floor."),
        N_("3 to 4 m away. No digital zoom and no wide angle; the 2× lens of a phone is good."),
        N_("Upright format, lens level: switch on the camera's grid or level."),
        N_("The body fills 70 to 85 % of the picture's height. 1080 × 1920 pixels are enough."),
        N_("Leave the photo as the camera saved it: upright, not cropped, not made smaller. Then its lens is known."),
        N_("Use the rear camera. A front camera may save a mirror image: then add --mirrored."),
    ),
    N_("Clothes"): (
        N_("Tight shorts and a close top; for the photo from behind a bare back or a close top."),
        N_("Barefoot or in socks. Hair up, no jewellery, nothing in hands or pockets."),
    ),
    N_("How to stand"): (
        N_(
            "Let your feet stand as they like, heels 7 to 10 cm apart, toes a little out. Draw "
            "round them once on a sheet of paper.",
        ),
        N_("March on the spot for 5 to 10 seconds, then stop."),
        N_("Look straight ahead at a mark at eye level. Let the arms hang."),
        N_("Breathe in deeply, sigh it out, and let the self-timer or a friend take the photo."),
        N_("Do not correct yourself: the photo is to show how you really stand."),
        N_(
            "Crutches, a walking frame, a rail or a prosthesis: use them as every day, and the same way each time. The "
            "program does not see them, and an arm that leans on one lifts its shoulder: write it beside the numbers."
        ),
        N_(
            "Whoever sits, in a wheelchair or on a chair, can be photographed as well: the picture is shown, and no "
            "number of standing is given."
        ),
    ),
    N_("Which photos"): (
        N_("From the front and from behind; from the left and from the right too if you can."),
        N_(
            "Step off, come back, and take each view three times: one photo says how you stood "
            "then, three say how you stand.",
        ),
        N_("Next time the same spot, the same distance, similar clothes."),
    ),
    N_("Before the shutter"): (
        N_("Is the whole body in the picture, feet and all?"),
        N_("Are hips and shoulders square to the camera? A few degrees of turn already look like a tilt."),
        N_("Is the picture level and the light even?"),
        N_("Does something hurt today? Then wait for another day: pain bends the stance."),
    ),
}
"""What to do, in the order of doing it."""

PRIVACY = N_(
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
            *guide_sections(),
            tag("p", _("Then:") + " ", tag("code", _("posturecam analyze photo.jpg --out result/"))),
        ),
    )


def guide_sections() -> tuple[Html, ...]:
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
