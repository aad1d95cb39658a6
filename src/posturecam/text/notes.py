"""What whoever reads a result should know: the sentence of each kind of note. ``{…}`` are the figures of the fact."""

from collections.abc import Mapping

from posturecam.text.language import N_, Plural, figures_alone, plural

GUIDE = N_("See: posturecam guide")

NOTES: Mapping[str, str | Plural] = {
    # the file
    "raw_preview": N_(
        "This is a camera's raw photo: the preview inside it was measured. Export it as JPEG to measure all of it."
    ),
    "save_pages": N_("Save each page as a photo of its own."),
    "further_pages": plural(
        "this file has {count} further page, which was not read",
        "this file has {count} further pages, which were not read",
    ),
    # the photo
    "selfie": N_("If this is a mirrored selfie, run again with --mirrored."),
    "turned_too_far": N_("The body is turned about {way}, so nothing was scored. {what_to_do}"),
    "stand_square": N_("Stand square to the camera and try again. {guide}"),
    "to_the_right": N_("{size:.0f}°{error} to the person's right"),
    "turned": N_("The body seems turned {way}; a turned body looks tilted. Stand square to the camera. {guide}"),
    "several_people": N_(
        "{people} people were found and one was measured. Choose with --person N (counted from the left)."
    ),
    "rough": N_("The person is only {height:.0f} pixels high, so the numbers are rough. Use a finer photo. {guide}"),
    "small_in_picture": N_(
        "The person fills only {part:.0%} of the picture's height. Step nearer, or crop the photo around the person."
    ),
    "one_pass": N_(
        "Only one pass, no mirror image: rough numbers; tilts read too small, and the camera counts as level."
    ),
    "half_turned": N_("The body is turned half-way, so nothing was scored. {what_to_do}"),
    "front_or_back": N_(
        "It cannot be told surely whether this is the front or the back, so nothing was scored and no "
        "side is named. Say which it is."
    ),
    "left_or_right": N_("It cannot be told surely which side this is, so nothing was scored. Say which it is."),
    "to_the_left": N_("{size:.0f}°{error} to the person's left"),
    "head_and_feet_cut": N_("The head and feet cannot be seen whole; what needs them is left out. Step back. {guide}"),
    "rough_and_small": N_("The person is only {height:.0f} pixels high, so the numbers are rough. {little}"),
    "head_cut": N_("The head cannot be seen whole; what needs them is left out. Step back. {guide}"),
    "mirrored_selfie": N_("The photo was taken as a mirrored selfie: left and right were exchanged before measuring."),
    "dark": N_("The person is in the dark. Turn on a light in front, and not a window behind."),
    "overexposed": N_("The person is overexposed. Use less light, or tap on them in the camera."),
    "hardly_stands_out": N_("The person hardly stands out. Use more light, before a plain other colour."),
    "blurred": N_("The photo is blurred. Rest the camera on something, and use more light."),
    "feet_cut": N_("The feet cannot be seen whole; what needs them is left out. Step back. {guide}"),
    "plus_minus": figures_alone(" (± {error:.0f}°)"),
    "photo_turned": N_(
        "The photo was turned {turn}, so that the person stands. If they really lie or hang so, the "
        "numbers do not mean posture."
    ),
    "quarter_right": N_("a quarter to the right"),
    "upside_down": N_("upside down"),
    "quarter_left": N_("a quarter to the left"),
    # how somebody stands
    "stance_sitting": N_(
        "The hips and knees are bent far, as of somebody who sits, on a chair or in a wheelchair, who "
        "squats or who jumps. posturecam reads how somebody stands; of any other position its numbers "
        "would say nothing true, so none is given."
    ),
    "stance_on_the_floor": N_(
        "This person is on the floor, sitting or kneeling, so the numbers would not mean posture."
    ),
    "stance_kneeling": N_("This person kneels, so the numbers would not mean posture."),
    "stance_knees_bent": N_(
        "The knees are bent far, as in squatting, running, landing or sitting, so the numbers would not mean posture."
    ),
    "stance_lying": N_("This person lies, or the picture lies on its side, so the numbers would not mean posture."),
    "stance_bending": N_("The trunk is bent far over, so the numbers would not mean posture."),
    "stance_leaning": N_(
        "The whole body leans by {lean:.0f}°, further than anybody stands without a hold: either the "
        "camera was held askew (--roll or --plumb tell by how much), or the person leans on something. "
        "Nothing is read as posture."
    ),
    "stance_stepping": N_(
        "The feet do not stand side by side: one is a step ahead or off the floor, or one knee is bent, "
        "as in walking, so the numbers would not mean quiet standing."
    ),
    "stance_in_the_air": N_(
        "The feet seem to be off the floor, as in jumping or hanging, so the numbers would not mean posture."
    ),
    # what to be careful about
    "caution_arms_raised": N_(
        "An arm is raised or held out, and the shoulder blade goes with it: shoulder heights are left "
        "out, and the trunk's numbers are wider. Let both arms hang where that is possible."
    ),
    "caution_arms_folded": N_(
        "The hands are before the body or behind it, full, folded, in a pocket or on a walking aid: "
        "numbers of the shoulders are wider. Let both arms hang, with nothing in them, where that is "
        "possible."
    ),
    "caution_hands_together": N_(
        "The hands are close together, before the body, behind it or in the pockets: numbers of the "
        "shoulders are wider. Let both arms hang at the sides, with nothing in them, where that is "
        "possible."
    ),
    "caution_legs_wide": N_("The legs are wide apart: numbers of the hips and legs are left out or wider."),
    "caution_legs_crossed": N_(
        "The legs are crossed: numbers of the legs are left out, those of the pelvis are wider."
    ),
    "caution_foot_ahead": N_("One foot stands ahead of the other: numbers of the pelvis and the legs are wider."),
    "caution_head_bowed": N_("The head is bowed or raised: its numbers are left out. Look straight ahead."),
    "caution_head_turned": N_("The head is turned to one side: numbers of the head are left out or wider."),
    "caution_toes_down": N_(
        "The heels seem raised (high heels, or standing on tiptoe): numbers of the feet are left out, "
        "those of the knees and the lower back are wider."
    ),
    "caution_long_skirt": N_("Clothes hide the legs down to the feet: numbers of the legs are left out."),
    "caution_loose_clothes": N_(
        "Clothes hide the pelvis and the waist: what rests on the waist is left out, numbers of the hips are wider."
    ),
    "caution_limb_hidden": N_(
        "One leg is not seen whole: what needs it is left out, and numbers of the pelvis are wider."
    ),
    # the view
    "view_doubted": N_("The photo was taken for {view}, but {cues} look otherwise. Check which view it is."),
    "given_view_doubted": N_("The photo was given as {view}, but {cues} look otherwise. Check which view it is."),
    # the camera, the room and the board
    "hold_level": N_("It is taken out of the numbers, but hold or set up the camera level."),
    "board_mirrored": N_(
        "The markers on the board are mirror images, so this is a mirrored selfie and left and right are "
        "exchanged. Run again with --mirrored."
    ),
    "board_mirrored_for_nothing": N_(
        "The markers on the board are mirror images once the photo is turned over, so it was no mirrored "
        "selfie. Run again without --mirrored."
    ),
    "camera_tilted": N_("The camera was tilted by {roll_deg:.1f}°. {hold_level}"),
    "vertical_told_by_little": N_(
        "Which way is up is told by little that may itself hang askew, such as one poster, chart or "
        "frame, or by things that contradict each other; the ± allows for it. Hang the marker of "
        "posturecam calibrate board --large, or give --roll."
    ),
    "board_askew": N_(
        "The board in the photo is {roll:.0f}° askew, so it does not hang and tells nothing. Hang it by its thread."
    ),
    "camera_too_near": N_(
        "The camera stood only about {far:.1f} m away, so what is nearer looks larger. Step back to 3 or "
        "4 m, without the wide-angle lens."
    ),
    "verticals_disagree": N_(
        "Which way is up is told in two ways that lie {apart:.1f}° apart: {source} ({roll_deg:+.1f}°, "
        "used) and {source2} ({roll_deg2:+.1f}°). Check the given one."
    ),
    "scale": N_("Scale from the {source}: {mm_per_px:.2f} mm per pixel ({low:.2f} to {high:.2f})."),
    "scales_disagree": N_(
        "How large a millimetre is, is told in two ways that lie {apart:.0f} % apart: {source} (used) and"
        " {source2}. Check the height, and hang the board beside the body."
    ),
    # the outline
    "outline_hidden": N_("Clothes or the background hide where the body ends. {change}"),
    "front_along_room": N_(
        "In front, the outline runs along a straight edge of the room; nothing is measured by it there. "
        "Stand clear of door frames and corners."
    ),
    # stickers and placed points
    "spots_unnamed": plural(
        "{count} {colour} spot was not counted, because it is not sure which point of the body it marks "
        "(pixels {places}). Name it by hand with --place, or take it off.",
        "{count} {colour} spots were not counted, because it is not sure which points of the body they "
        "mark (pixels {places}). Name them by hand with --place, or take other stickers off.",
    ),
    "no_stickers": N_(
        "no round {colour} stickers (8 to 20 mm) were found on the person in {photo}. Give their colour "
        "by another name or as #rrggbb, or leave --stickers away."
    ),
    "no_sticker_expected": N_("no {colour} sticker in {photo} lies where one is expected: {note}"),
    "markers_need_view": N_(
        "markers are named only where it is known from which side {photo} shows the body. Give {views}."
    ),
    "no_markers": N_(
        "no {colour} markers (balls or round stickers of 8 to 20 mm) were found on the person in {photo}:"
        " at least {count} of one size must lie at places that are marked. Light them well against skin "
        "or cloth of another brightness, name points by hand with --place, or leave --stickers away."
    ),
    "spine_markers": plural(
        "{count} marker on the spine",
        "{count} markers on the spine",
    ),
    "placed_by_hand": N_("Placed by hand"),
    "found_as_stickers": N_("Found as stickers"),
    "placed_for_nothing": N_(
        "No number rests on the placed points: they belong to another view, or others are missing."
    ),
    "camera_mirrored": N_("If {name} was mirrored by a selfie camera, measure it with: posturecam analyze --mirrored"),
    # films
    "measured_from_film": N_(
        "Measured from {pictures} pictures over {seconds:.1f} s; meanwhile the hips swayed by "
        "{hip_pct:.1f} % of height and the trunk by {lean_deg:.1f}° (standard deviation)."
    ),
    # standing on one leg
    "equally_long": N_("Both legs held about equally long."),
    "best_try": N_("The best try took {best:.1f} s; {who} manage {mean:.0f} s on average (at most {most_s:.0f} s)."),
    "ended_early": N_("The pictures ended before the foot came down: that try lasted at least as long as stated."),
    "small_drops": N_(
        "The pose network sees only part of a small drop of the pelvis: read it within one person, side by side."
    ),
    "no_try_seen": N_("No try was seen on {legs}, so the sides cannot be compared."),
    "shorter_not_to_end": N_("The shorter try was not seen to its end, so the sides cannot be compared."),
    "longer_right": N_(
        "You stood {apart:.1f} s longer on the right leg: a notable difference. Try again on another day."
    ),
    "left_leg": N_("the left leg"),
    "right_leg": N_("the right leg"),
    "longer_left": N_(
        "You stood {apart:.1f} s longer on the left leg: a notable difference. Try again on another day."
    ),
    # several photos
    "several_days": N_(
        "These photos are of several days ({days}). An exam is of one day: look whether all belong to it."
    ),
    "left_out": N_("{name} was left out: {reason}"),
    "copies": plural(
        "{count} of the photos given was a copy of another and counted once.",
        "{count} of the photos given were copies of another and counted once.",
    ),
    "re_stands": N_(
        "{number} photos show {side}: they count as {number} re-stands, and how far they differ is part of the ±."
    ),
    "sides_disagree": N_("These two photos disagree about left and right; is one mirrored?"),
    "turn_it_over": N_(
        "If so, turn that picture over, save it, and run again; --mirrored would turn all of them over."
    ),
    "other_leg": N_("Or was the weight on the other leg?"),
    "sides_exchanged": N_(
        "Left and right would be exchanged between the front and the back photo ({said}). If one of the "
        "two views was said the wrong way round, say it again."
    ),
    # conclusions
    "forward_with_age": N_(
        "With age healthy people carry the head further forward: by about 8° of the craniovertebral angle"
        " in women of 75 to 84. What is said of the head's place is too strict from 75 on."
    ),
    "under_age": N_("Under 18 only the measurements are given: a growing body should be looked at by a professional."),
    "answer_against": N_("Your answer ({answer}) counted against {pattern}."),
    "nothing_stands_out": N_("No pattern stands out. Small differences are how bodies are built."),
    "answer_for": N_("Your answer ({answer}) counted for {pattern}."),
    "nothing_fits": N_("No pattern of the catalogue fits what stands out here."),
    # looking over a photo
    "mean_brightness": N_("mean brightness {mean:.0f} %"),
    "edge_width": N_("edges {width:.2f} % of the height wide"),
    "turn_not_judged": N_("not judged in this view"),
    "out_of_square": N_("{value_deg:.0f}° out of square"),
    "check_light": N_("light"),
    "check_sharpness": N_("sharpness"),
    "check_people": N_("people"),
    "people_found": N_("{people} found"),
    "check_frame": N_("frame"),
    "check_size": N_("size"),
    "pixels_high": N_("{height:.0f} pixels high"),
    "check_turn": N_("turn"),
    "no_edges": N_("no edges to judge by"),
    "head_to_feet": N_("head to feet"),
    "cut": N_("cut"),
    "close_fitting": N_("Wear close-fitting clothes of another colour than the wall, and leave air around you."),
    "check_outline": N_("outline"),
    "outline_clear": N_("clear ({agreement:.0%} agreement)"),
    "outline_not_found": N_("not found"),
    "plain_wall": N_("Stand before a plain wall, in close-fitting clothes."),
    "view_with_confidence": N_("{of_view}, with a confidence of {share:.0%}"),
    "off_level": N_("{roll_deg:.1f}° ± {sigma_deg:.1f}° off, told by: {source}"),
    "check_view": N_("view"),
    "show_what_is_upright": N_(
        "Show a door frame or a wall's edge beside the person, hang up the marker of posturecam calibrate"
        " board --large, or give --roll or --plumb."
    ),
    "check_level": N_("level"),
    "check_distance": N_("distance"),
    "level_not_told": N_("nothing tells it, so ± 1° on every tilt"),
    "distance_not_told": N_("the photo does not say; 3 to 4 m are right"),
    "check_standing": N_("standing"),
    "not_as_it_should_be": N_("not as it should be"),
    "half_way": N_("the body is turned half-way"),
    # findings
    "not_assessed": N_("Not assessed: {reason}."),
    "not_seen": N_("Not seen in these measurements."),
    "hint": N_(
        "There are hints of this, not enough to lean on: more photos would have to show it, and what follows holds "
        "only then. {text}"
    ),
    "nothing_scored": figures_alone("{sentence}."),
    # notes made of others
    "pages_left_out": figures_alone("{pages}. {remedy}"),
    "placed_points": figures_alone("{how}: {names}."),
    "mirror_asked": figures_alone("{ask} ({photos}) {next}"),
    "of_photos": figures_alone("{photos}: {note}"),
    "distance_off": figures_alone("{far:.1f} ± {error:.1f} m"),
    "from_tables": figures_alone("{text}"),
}

GUIDED = frozenset(
    f"stance_{kind}"
    for kind in ("on_the_floor", "kneeling", "knees_bent", "lying", "bending", "leaning", "stepping", "in_the_air")
)
"""Kinds after which the guide is named."""
