"""Why something was not measured: the sentence of each kind. ``{…}`` are the figures of the fact."""

from collections.abc import Mapping

from posturecam.text.language import later

REASONS: Mapping[str, str] = {
    # what every measure needs
    "another_view": later("needs a {wanted} photo; this one shows {shown}"),
    "not_found": later("{plain} not found"),
    "outside_picture": later("{plain} outside the picture"),
    "hidden": later("{plain} hidden"),
    "points_coincide": later("the points lie on top of each other"),
    # how somebody stands, is dressed or holds something
    "no_quiet_standing": later("not read: this photo shows no quiet, upright, square standing"),
    "pelvis_covered": later(
        "clothes hide the pelvis (±{error:.0f}°): tight clothes show it, or stickers on both hip bones"
    ),
    "shoulders_covered": later(
        "clothes or hair hide the shoulders (±{error:.0f}°): bare shoulders show them, or stickers"
    ),
    "eyes_not_clear": later("the eyes are not clear enough (±{error:.0f}°): uncover them, look into the camera"),
    "face_not_clear": later("the face is covered, small or not clear (±{error:.0f}°): show it, or place the eyes"),
    "head_not_clear": later("the head cannot be read well enough (±{error:.0f}°): is it bare, and near enough?"),
    "arms_raised": later("the arms are raised, and the shoulders go with them"),
    "arms_folded": later("the arms are folded, full or behind the back"),
    "hands_together": later("the hands are close together"),
    "legs_wide": later("the legs are wide apart"),
    "legs_crossed": later("the legs are crossed"),
    "foot_ahead": later("one foot stands ahead of the other"),
    "head_bowed": later("the head is bowed or raised"),
    "head_turned": later("the head is turned to one side"),
    "heels_raised": later("the heels are raised"),
    "legs_covered": later("clothes hide the legs down to the feet"),
    "pelvis_and_waist_covered": later("clothes hide the pelvis and the waist"),
    "leg_not_whole": later("one leg is not seen whole"),
    # the outline
    "outline_needs_photo": later("needs the photo itself, and the person's outline in it"),
    "outline_not_clear": later("the outline is not clear: the background or loose clothes look like the body"),
    "no_outline": later("no outline"),
    "back_outline_not_found": later("the back's outline was not found"),
    "background_like_back": later("the background behind the back has the colour of the body or its clothes"),
    "back_outline_far": later("the back's outline lies unusually far from the body: loose clothes, long hair or a bag"),
    "back_outline_along_room": later(
        "the back's outline runs along a straight edge of the room: stand clear of door frames and corners"
    ),
    "trunk_not_upright": later("the trunk is not upright"),
    "arm_against_trunk": later(
        "the {side} arm lies against the trunk below the armpit: hold the arms a hand's breadth away"
    ),
    "arm_touches_trunk": later("the {side} arm touches the trunk, or its outline is hidden"),
    "background_like_waist": later("the background has the colour of the body or its clothes beside the {side} waist"),
    "no_waist": later("the trunk does not narrow at the waist: clothes hang free of it, or there is no waist to read"),
    # the bare back and the heels
    "photo_not_looked_at": later("the photo itself was not looked at"),
    "back_covered": later("clothes or hair cover the back, or no bare forearm shows the colour of skin"),
    "no_clear_furrow": later("the back shows no clear furrow"),
    "lower_legs_small": later("the lower legs are too small in the picture"),
    "heel_covered": later("the {side} heel or calf is covered, or has not the arms' colour"),
    "heel_not_clear": later("the {side} heel and calf do not stand out from the floor, or touch the other leg"),
    # millimetres and placed points
    "no_scale": later("no scale: eyes or ankles are not in the picture"),
    "source_not_measured": later("the angle or shift that it follows from was not measured"),
    "superseded": later("needless beside the {replace}"),
    "not_placed": later("not placed: {names}"),
    # standing on one leg
    "no_try_left": later("no try on the left leg was seen"),
    "no_try_right": later("no try on the right leg was seen"),
    "cut_off": later("the pictures ended before the foot came down"),
    "balance_does_not_tell": later("the balance test does not tell it"),
    # patterns
    "needs": later("needs {what}"),
    "not_scored": later("not scored: {why}"),
    # several photos
    "sides_differ": later("The two sides of the body differ on {plain} ({said}); they were not averaged."),
    "photos_contradict": later("The photos contradict each other on {plain} ({said}); none was preferred."),
}
