"""Parts of the body as people say them, without their side."""

from posturecam.text.language import later

PART_WORDS = {
    "nose": later("nose"),
    "eye_inner": later("eye inner"),
    "eye": later("eye"),
    "eye_outer": later("eye outer"),
    "ear": later("ear"),
    "mouth": later("corner of the mouth"),
    "shoulder": later("shoulder"),
    "elbow": later("elbow"),
    "wrist": later("wrist"),
    "pinky": later("pinky"),
    "index": later("index"),
    "thumb": later("thumb"),
    "hip": later("hip"),
    "knee": later("knee"),
    "ankle": later("ankle"),
    "heel": later("heel"),
    "foot_index": later("toes"),
}
"""By the stem of a landmark's name."""

SPOT_WORDS = {
    "c7": later("C7 (bump at the base of the neck)"),
    "t3": later("T3 (third thoracic vertebra)"),
    "sacrum": later("sacrum (between the dimples above the buttocks)"),
    "acromion": later("acromion (tip of the shoulder)"),
    "scapular_angle": later("scapular angle (lower tip of the shoulder blade)"),
    "asis": later("ASIS (front pelvic point)"),
    "psis": later("PSIS (dimple above the buttock)"),
    "trochanter": later("trochanter (bone at the outer hip)"),
    "knee_joint_line": later("knee joint line (outer side of the knee)"),
    "patella": later("patella (kneecap)"),
    "tibial_tuberosity": later("tibial tuberosity (bump below the kneecap)"),
    "mid_calf": later("mid-calf"),
    "achilles": later("Achilles tendon (between the ankle bones)"),
    "lateral_malleolus": later("lateral malleolus (outer ankle bone)"),
    "medial_malleolus": later("medial malleolus (inner ankle bone)"),
    "second_metatarsal": later("second metatarsal (ball of the foot)"),
}
"""By the stem of a spot's name: the field's name with the plain word beside it."""
