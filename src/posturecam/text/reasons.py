"""Why something was not measured: the sentence of each kind. ``{…}`` are the figures of the fact."""

from collections.abc import Mapping

from posturecam.text.language import N_

REASONS: Mapping[str, str] = {
    # what every measure needs
    "another_view": N_("needs a {wanted} photo; this one shows {shown}"),
    "not_found": N_("{plain} not found"),
    "outside_picture": N_("{plain} outside the picture"),
    "hidden": N_("{plain} hidden"),
    "points_coincide": N_("the points lie on top of each other"),
    # how somebody stands, is dressed or holds something
    "no_quiet_standing": N_("not read: this photo shows no quiet, upright, square standing"),
    "pelvis_covered": N_(
        "clothes hide the pelvis (±{error:.0f}°): tight clothes show it, or stickers on both hip bones"
    ),
    "shoulders_covered": N_(
        "clothes or hair hide the shoulders (±{error:.0f}°): bare shoulders show them, or stickers"
    ),
    "eyes_not_clear": N_("the eyes are not clear enough (±{error:.0f}°): uncover them, look into the camera"),
    "face_not_clear": N_("the face is covered, small or not clear (±{error:.0f}°): show it, or place the eyes"),
    "head_not_clear": N_("the head cannot be read well enough (±{error:.0f}°): is it bare, and near enough?"),
    "arms_raised": N_("the arms are raised, and the shoulders go with them"),
    "arms_folded": N_("the arms are folded, full or behind the back"),
    "hands_together": N_("the hands are close together"),
    "legs_wide": N_("the legs are wide apart"),
    "legs_crossed": N_("the legs are crossed"),
    "foot_ahead": N_("one foot stands ahead of the other"),
    "head_bowed": N_("the head is bowed or raised"),
    "head_turned": N_("the head is turned to one side"),
    "heels_raised": N_("the heels are raised"),
    "legs_covered": N_("clothes hide the legs down to the feet"),
    "pelvis_and_waist_covered": N_("clothes hide the pelvis and the waist"),
    "leg_not_whole": N_("one leg is not seen whole"),
    # the outline
    "outline_needs_photo": N_("needs the photo itself, and the person's outline in it"),
    "outline_not_clear": N_("the outline is not clear: the background or loose clothes look like the body"),
    "no_outline": N_("no outline"),
    "back_outline_not_found": N_("the back's outline was not found"),
    "background_like_back": N_("the background behind the back has the colour of the body or its clothes"),
    "back_outline_far": N_("the back's outline lies unusually far from the body: loose clothes, long hair or a bag"),
    "back_outline_along_room": N_(
        "the back's outline runs along a straight edge of the room: stand clear of door frames and corners"
    ),
    "trunk_not_upright": N_("the trunk is not upright"),
    "arm_against_trunk": N_(
        "the {side} arm lies against the trunk below the armpit: hold the arms a hand's breadth away"
    ),
    "arm_touches_trunk": N_("the {side} arm touches the trunk, or its outline is hidden"),
    "background_like_waist": N_("the background has the colour of the body or its clothes beside the {side} waist"),
    "no_waist": N_("the trunk does not narrow at the waist: clothes hang free of it, or there is no waist to read"),
    # the bare back and the heels
    "photo_not_looked_at": N_("the photo itself was not looked at"),
    "back_covered": N_("clothes or hair cover the back, or no bare forearm shows the colour of skin"),
    "no_clear_furrow": N_("the back shows no clear furrow"),
    "lower_legs_small": N_("the lower legs are too small in the picture"),
    "heel_covered": N_("the {side} heel or calf is covered, or has not the arms' colour"),
    "heel_not_clear": N_("the {side} heel and calf do not stand out from the floor, or touch the other leg"),
    # millimetres and placed points
    "no_scale": N_("no scale: eyes or ankles are not in the picture"),
    "source_not_measured": N_("the angle or shift that it follows from was not measured"),
    "superseded": N_("needless beside the {replace}"),
    "not_placed": N_("not placed: {names}"),
    # standing on one leg
    "no_try_left": N_("no try on the left leg was seen"),
    "no_try_right": N_("no try on the right leg was seen"),
    "cut_off": N_("the pictures ended before the foot came down"),
    "balance_does_not_tell": N_("the balance test does not tell it"),
    # patterns
    "needs": N_("needs {what}"),
    "not_scored": N_("not scored: {why}"),
    # several photos
    "sides_differ": N_("The two sides of the body differ on {plain} ({said}); they were not averaged."),
    "photos_contradict": N_("The photos contradict each other on {plain} ({said}); none was preferred."),
}
