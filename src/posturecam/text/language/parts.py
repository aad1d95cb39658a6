"""Parts of the body as people say them, without their side."""

from posturecam.text.language import N_

PART_WORDS = {
    "nose": N_("nose"),
    "eye_inner": N_("eye inner"),
    "eye": N_("eye"),
    "eye_outer": N_("eye outer"),
    "ear": N_("ear"),
    "mouth": N_("corner of the mouth"),
    "shoulder": N_("shoulder"),
    "elbow": N_("elbow"),
    "wrist": N_("wrist"),
    "pinky": N_("pinky"),
    "index": N_("index"),
    "thumb": N_("thumb"),
    "hip": N_("hip"),
    "knee": N_("knee"),
    "ankle": N_("ankle"),
    "heel": N_("heel"),
    "foot_index": N_("toes"),
}
"""By the stem of a landmark's name."""

SPOT_WORDS = {
    "c7": N_("C7 (bump at the base of the neck)"),
    "t3": N_("T3 (third thoracic vertebra)"),
    "sacrum": N_("sacrum (between the dimples above the buttocks)"),
    "acromion": N_("acromion (tip of the shoulder)"),
    "scapular_angle": N_("scapular angle (lower tip of the shoulder blade)"),
    "asis": N_("ASIS (front pelvic point)"),
    "psis": N_("PSIS (dimple above the buttock)"),
    "trochanter": N_("trochanter (bone at the outer hip)"),
    "knee_joint_line": N_("knee joint line (outer side of the knee)"),
    "patella": N_("patella (kneecap)"),
    "tibial_tuberosity": N_("tibial tuberosity (bump below the kneecap)"),
    "mid_calf": N_("mid-calf"),
    "achilles": N_("Achilles tendon (between the ankle bones)"),
    "lateral_malleolus": N_("lateral malleolus (outer ankle bone)"),
    "medial_malleolus": N_("medial malleolus (inner ankle bone)"),
    "second_metatarsal": N_("second metatarsal (ball of the foot)"),
}
"""By the stem of a spot's name: the field's name with the plain word beside it."""
