"""What is seen in one picture of the mirror: the body's points in film mode, which way it faces, how many people."""

from dataclasses import dataclass

import numpy as np

from posturecam.body import ORDER, VISIBLE, Array, Landmark, View
from posturecam.picture.camera import TimedFrame
from posturecam.picture.photo import SMALL_PX, Photo, limited_size
from posturecam.poses.face import FaceMesh, face_presence
from posturecam.poses.faces import FaceDetector, bodies_in, head_of
from posturecam.poses.facing import view_of
from posturecam.poses.mediapipe_pose import Detection, Landmarker
from posturecam.poses.standing import standing_height_px
from posturecam.poses.view_probability import FACE_SEEN

FACE_EVERY_S, PEOPLE_EVERY_S, LIGHT_EVERY_S = 0.5, 2.0, 0.25
"""How often the face, the number of people and the light are looked at; the body itself in every picture."""

_WHOLE = [
    ORDER[landmark]
    for landmark in Landmark
    if any(part in landmark for part in ("eye", "shoulder", "hip", "knee", "ankle"))
]
_BLACK = 8.0

HEADS_PX, FACE_LEVELS = 960, (2, 3)
"""Heads to be hidden are looked for in pictures of this long side: in the whole and its halves, and in quarters too
where somebody looks closely."""

CLOSELY_EVERY_S, HEAD_KEPT_S, HEAD_SIDES_A_S = 0.5, 0.6, 0.6
"""How often small faces and people without a face are looked for, how long a head stays covered, and by
how many of its own sides its square grows on each side in a second. Who walks is found again at once."""


@dataclass(frozen=True, slots=True)
class FrameDetection:
    """One picture and the body in it, in pixels of the unmirrored picture; ``points`` is None when nobody is seen.

    people       people counted lately, at least 1 when somebody is seen
    brightness   mean grey value of the picture's middle, 0...255
    heads        (4,) boxes of everybody's heads seen lately, where faces are to be hidden
    """

    frame: TimedFrame
    points: Array | None
    visibility: Array
    facing_deg: float
    people: int
    brightness: float
    heads: tuple[Array, ...] = ()

    @property
    def body(self) -> Array:
        """The body's points. Raises ValueError where nobody is seen."""
        if self.points is None:
            msg = "nobody is seen in this picture: ask for points first"
            raise ValueError(msg)
        return self.points

    @property
    def view(self) -> View:
        """From where the camera sees the body."""
        return view_of(self.facing_deg)

    @property
    def black(self) -> bool:
        """Whether the picture shows nothing at all."""
        return self.brightness < _BLACK

    @property
    def whole(self) -> bool:
        """Whether the body is in the picture from eyes to ankles."""
        if self.points is None:
            return False
        width, height = self.frame.size_px
        spots = self.points[_WHOLE]
        inside = ((spots >= 0) & (spots <= [width, height])).all()
        ankles = self.visibility[[ORDER[Landmark.LEFT_ANKLE], ORDER[Landmark.RIGHT_ANKLE]]]
        return bool(inside and ankles.max() >= VISIBLE)

    @property
    def height_px(self) -> float:
        """Eye line over ankles, pixels; 0 when nobody is seen."""
        return 0.0 if self.points is None else standing_height_px(self.points)


class Watcher:
    """Looks at one picture after the other; to be used from one thread."""

    def __init__(
        self, landmarker: Landmarker, counter: Landmarker | None = None, heads: "HeadWatch | None" = None
    ) -> None:
        """Take the network in film mode, one in picture mode that counts people, and what looks for heads to hide."""
        self._heads = heads
        self._landmarker, self._counter, self._mesh = landmarker, counter, FaceMesh()
        self._last_ms = 0
        self._face, self._people, self._brightness = 0.0, 1, 128.0
        self._due = {"face": 0.0, "people": 0.0, "light": 0.0}

    def detect(self, frame: TimedFrame) -> FrameDetection:
        """See one picture. The engine's timestamps strictly increase, whatever the frames' times do."""
        self._last_ms = max(self._last_ms + 1, round(frame.at_s * 1000))
        if self._is_due("light", frame.at_s, LIGHT_EVERY_S):
            self._brightness = brightness(frame)
        found = self._landmarker.see_frame(frame.pixels, self._last_ms)
        heads = () if self._heads is None else self._heads.detect(frame)
        if not found:
            return FrameDetection(frame, None, np.zeros(len(ORDER)), 0.0, 0, self._brightness, heads)
        sighting = self._settled(found[0], frame)
        if self._counter is not None and self._is_due("people", frame.at_s, PEOPLE_EVERY_S):
            self._people = self._count(self._counter, frame)
        people = max(1, self._people)
        return FrameDetection(
            frame, sighting.points, sighting.visibility, sighting.facing_deg, people, self._brightness, heads
        )

    def _settled(self, sighting: Detection, frame: TimedFrame) -> Detection:
        """Exchange the sides where the network took a front for a back; a face is proof of a front, none of nothing."""
        if self._is_due("face", frame.at_s, FACE_EVERY_S):
            photo = Photo("frame", "", frame.pixels, frame.size_px)
            self._face = face_presence(sighting.points, photo, self._mesh, mirror=False)
        front_for_back = abs(sighting.facing_deg) > 130.0 and self._face > FACE_SEEN
        return sighting.turned_round() if front_for_back else sighting

    def _count(self, counter: Landmarker, frame: TimedFrame) -> int:
        return len(counter.see(limited_size(frame.pixels, SMALL_PX // 2)))

    def _is_due(self, what: str, at_s: float, every_s: float) -> bool:
        if at_s < self._due[what]:
            return False
        self._due[what] = at_s + every_s
        return True


class HeadWatch:
    """Looks for everybody's heads: faces in every picture, small ones and people without a face now and then.

    What was seen stays covered for a while, wider by what somebody who walks may have moved since.
    """

    def __init__(self, counter: Landmarker) -> None:
        """Take a network in picture mode."""
        self._counter, self._detector = counter, FaceDetector()
        self._seen: list[tuple[float, Array]] = []
        self._due = -np.inf

    def detect(self, frame: TimedFrame) -> tuple[Array, ...]:
        """Give the boxes of the heads in a picture, and of those seen lately."""
        pixels, at_s = limited_size(frame.pixels, HEADS_PX), frame.at_s
        scale = frame.pixels.shape[1] / pixels.shape[1]
        closely = at_s >= self._due
        found = [face.head for face in self._detector.find(pixels, FACE_LEVELS[closely])]
        if closely:
            self._due = at_s + CLOSELY_EVERY_S
            found += [head_of(sighting.points) for sighting in bodies_in(pixels, self._counter, (1,))]
        self._seen = [(since, box) for since, box in self._seen if at_s - since <= HEAD_KEPT_S]
        self._seen += [(at_s, box * scale) for box in found]
        return tuple(_grown(box, at_s - since) for since, box in self._seen)


def _grown(box: Array, seconds: float) -> Array:
    """Make the box of a head (4,) wider on all sides by what a head moves in that time."""
    by = HEAD_SIDES_A_S * seconds * float(box[2] - box[0])
    return np.asarray(box + np.array([-by, -by, by, by]))


def brightness(frame: TimedFrame) -> float:
    """Mean value of the picture's middle half, 0...255."""
    height, width = frame.pixels.shape[:2]
    return float(frame.pixels[height // 4 : 3 * height // 4 : 4, width // 4 : 3 * width // 4 : 4].mean())
