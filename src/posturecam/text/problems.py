"""What went wrong, by kind: first what and where, then what to do. ``{…}`` are the figures of the problem."""

from collections.abc import Mapping

from posturecam.text.language import figures_alone, later

REINSTALL = later("install posturecam again, in its clone: pip install --force-reinstall --no-deps .")
MAKE = later("Make one with: posturecam calibrate camera PHOTOS --out FILE.json")

PROBLEMS: Mapping[str, str] = {
    # films and cameras
    "film_does_as_well": later("A film or a picture does as well: posturecam live --source clip.mp4"),
    "camera_busy": later(
        "camera {number} is busy or gives no pictures. Close the program that uses it (fuser {device} names it)."
    ),
    "no_such_film": later("no such film or picture: {path}. Check the name and the folder."),
    "film_is_folder": later("{path} is a folder. Give a film (such as clip.mp4) or a picture."),
    "camera_stopped": later(
        "{name} stopped giving pictures. Plug it in again, close other programs that use it, and start anew."
    ),
    "allow_camera_mac": later(
        "Allow it in System Settings > Privacy & Security > Camera for the terminal, then start the terminal anew."
    ),
    "camera_closed": later("camera {number} does not open. {advice}"),
    "allow_camera_windows": later("Allow it in Settings > Privacy > Camera, and close other programs that use it."),
    "no_camera": later("no camera was found. Plug one in. {film}"),
    "no_such_camera": later("there is no camera {number}; there is {names}. See: posturecam cameras"),
    "no_camera_permission": later(
        "no permission to use {device}. Do: sudo usermod -aG video $USER, log out and in again. {film}"
    ),
    "film_unplayable": later(
        "{source} cannot be played: damaged, empty, or not a film. Copy it anew, or save it as MP4."
    ),
    "film_empty": later("{source} holds not a single picture. Record it again, or copy it anew."),
    # photo files
    "dicom_packed": later(
        "{path} is a DICOM file whose picture is packed in a way that is not read. Export the photograph as JPEG."
    ),
    "dicom_damaged": later("{path} is a damaged DICOM file. Export the photograph anew, as JPEG."),
    "dicom_without_photo": later(
        "{path} is a DICOM file without a photograph ({modality}). Give a photograph taken in visible light."
    ),
    "pydicom_missing": later(
        "{path} is a DICOM file, and pydicom is not installed. Run: pip install 'posturecam[dicom]'"
    ),
    "export_with_camera": later("Export it as JPEG with the camera's program."),
    "export_photograph": later("Export the photograph as JPEG."),
    "save_as_jpeg": later("Save it as JPEG or PNG."),
    "save_photo_in_it": later("Save the photo in it as JPEG or PNG."),
    "kind_not_read": later("{path} is a {kind} file, which is not read. {remedy}"),
    "raw_preview_small": later(
        "{path} is a camera's raw photo, and the preview in it is too small to be measured "
        "({width}×{height} pixels). Export it as JPEG with the camera's program."
    ),
    "not_a_picture": later("{path} is not a picture that can be read. Give a JPEG, PNG, HEIC, WebP, TIFF or BMP file."),
    "film_as_picture": later(
        "{path} is a film that cannot be opened as a picture here. Give a photo, or a film that plays."
    ),
    "picture_takes_memory": later(
        "{path} takes {size} MB when it is opened, more than {most}. Save it smaller (4 megapixels are "
        "plenty) and try again."
    ),
    "too_many_megapixels": later(
        "{path} has more than {most} megapixels. Save it smaller (4 megapixels are plenty) and try again."
    ),
    "photo_empty": later("{path} is empty (zero bytes). Copy the photo anew from the phone or camera."),
    "too_few_pixels": later(
        "{path} is only {width}×{height} pixels. Give the original photo, at least 300 pixels high."
    ),
    "photo_is_folder": later(
        "{path} is a folder. Give a photo, or score the whole folder with: posturecam batch {path} --out DIR"
    ),
    "not_plain_file": later("{path} is not a plain file. Give a photo (JPEG, PNG, HEIC, WebP, TIFF or BMP)."),
    "file_too_large": later(
        "{path} is larger than {most} MB. Save it smaller (4 megapixels are plenty) and try again."
    ),
    "no_such_photo": later("no such file: {path}. Check the name and the folder."),
    "photo_unreadable": later("{path} cannot be read: {strerror}. Check its permissions or copy it anew."),
    "photo_damaged": later(
        "{path} is damaged or cut short ({first_line}). Copy the photo anew from the phone or camera."
    ),
    "no_photo_kind": later(
        "a photo cannot be taken from {kind}. Give a path, the bytes of a file, an array or a picture of Pillow's."
    ),
    "array_is_no_photo": later(
        "an array of shape {shape} and type {kind} is no photo. Give (height, width, 3) numbers of uint8, red first."
    ),
    # what is known of the scene
    "distance_makes_no_sense": later(
        "--distance {far_m:g} makes no sense. Give how far the camera stood from the person in metres, such as 3."
    ),
    "height_makes_no_sense": later(
        "a body height of {height_cm:g} cm makes no sense. Give the person's height in centimetres, such as 172."
    ),
    "plumb_ends_close": later(
        "{shown}: the ends lie {length:.0f} pixels apart. Give two points, one far above the other."
    ),
    "plumb_across": later("{shown} runs across the photo. Give the upper and the lower end of a plumb line."),
    "plumb_makes_no_sense": later(
        "--plumb {text} makes no sense. Give four numbers: the two ends of a plumb line in pixels, X1,Y1,X2,Y2."
    ),
    # the camera's profile
    "photos_of_several_sizes": later(
        "the photos have different sizes ({shown}). Give photos of one camera, held the same way, unzoomed."
    ),
    "board_found_rarely": later(
        "the board was found in {count} of {count2} photos, and {least_photos} are needed. Take 8 to 12 "
        "sharp ones: the flat board large in the picture, in all corners, tilted every way."
    ),
    "corners_cover_little": later(
        "corners were seen in {share:.0%} of the picture only. Take more photos, with the board in every corner."
    ),
    "focal_known_to": later("the focal length is known to {focal_sigma:.1%} only"),
    "photos_too_alike": later("the photos are too alike: {known}. Tilt the board more, every way."),
    "board_fits_badly": later(
        "the board fits badly ({error_px:.1f} pixels off). Glue it flat, and take sharper photos."
    ),
    "camera_profile_of_other_kind": later("--camera {path} is of another kind ({schema}). {make}"),
    "camera_of_other_shape": later(
        "--camera was made for photos of {made} pixels and this one has {here}, which is another shape. "
        "Use a profile of this camera, held the same way and with the same zoom."
    ),
    "camera_file_unreadable": later("--camera {path} cannot be read: {strerror}. {make}"),
    "no_camera_profile": later("--camera {path} is not a camera profile. {make}"),
    # finding people
    "nobody_found": later(
        "nobody was found in {name}. Show the whole body, head to feet, alone, in good light, 3 to 4 m "
        "away; where the person is small in the picture, crop it around them. Legs without head and "
        "shoulders are not found. See: posturecam guide"
    ),
    "passes_make_no_sense": later(
        "--passes {passes} makes no sense. Give 1, or an even number such as {default_passes}."
    ),
    "too_many_passes": later(
        "--passes {passes} is more than helps. Give at most {most_passes}; {default_passes} are plenty."
    ),
    "person_unknown": later("--person {wanted} is unknown. Give largest, center, or a number counted from the left."),
    "only_so_many": later("only {count} found in {name}"),
    "no_such_person": later("--person {wanted}: {found}. Give a number from 1 to {count}, or leave it away."),
    "view_contradicted": later("{name} {against}. Say another view, or none."),
    "shows_face": later("shows a face, so it is no back view"),
    "shows_other_view": later("shows {seen}, not {wanted}"),
    "not_still_enough": later(
        "{seen} in {name} for {least_still_s:.0f} s. Film the whole body standing quietly. See: posturecam guide"
    ),
    "nobody_whole": later("nobody is seen whole"),
    "nobody_still": later("nobody stands still"),
    "view_name_missing": later(
        '--view {text!r}: a name is missing. Give NAME=VIEW, such as "IMG_2*.jpg=back, anna/*=front".'
    ),
    "view_unknown": later("--view {view} is unknown. Give one of: {names}."),
    # models
    "bundle_not_accepted": later("{name} is not a pose bundle that the engine accepts ({splitlines}). "),
    "give_bundle": later("Give a BlazePose .task file, or leave --model away."),
    "model_not_shipped": later("the model {name} is not part of this installation; {reinstall}"),
    "model_damaged": later("{path} is damaged: its sha256 is {found}, expected {sha256}; {reinstall}"),
    "model_file_refused": later(
        "--model {path}: {fault}; name a BlazePose bundle (.task), such as pose_landmarker_heavy.task"
    ),
    "network_compressed": later("{name} in it is compressed, the engine reads uncompressed bundles only"),
    "not_a_network": later("{name} in it is not a TensorFlow Lite network"),
    "no_pose_model": later("no pose model is installed: {record} is missing or damaged; {reinstall}"),
    "model_file_unreadable": later("--model {path}: {strerror}; name a BlazePose bundle (.task)"),
    "not_a_bundle": later("not a model bundle, or a damaged one ({error})"),
    "bundle_without": later("a bundle without {names}"),
    # points placed by hand
    "no_such_point": later("--place {strip!r} is no point of the body. {hint} All names: posturecam analyze --help"),
    "did_you_mean": later("Did you mean {names}?"),
    "give_a_point": later("Give one of: c7, t3, left_asis, right_psis, left_hip …"),
    "place_empty": later(
        '--place {path} holds no points. Give a list such as [{{"name": "left_asis", "x": 312, "y": 540}}].'
    ),
    "place_row_wrong": later("--place {where}: {row} is no point. Give an object with name, x and y."),
    "two_places": later("{x:g},{y:g} and {x2:g},{y2:g}"),
    "placed_twice": later("--place {name} was given twice, at {places}. Give one place for each point."),
    "placed_outside": later(
        "--place {name}={x:g},{y:g} lies outside the picture of {size_px} × {size_px2} pixels. Count "
        "pixels of the upright photo, from its top left corner."
    ),
    "place_makes_no_sense": later(
        "--place {text} makes no sense. Give a name and its pixels, such as left_asis=312,540."
    ),
    "place_unreadable": later(
        "--place {path} is neither NAME=X,Y nor a file that can be read ({strerror}). Give "
        "left_asis=312,540, or a JSON file of points."
    ),
    "place_not_json": later(
        '--place {path} is not JSON. Give a list such as [{{"name": "left_asis", "x": 312, "y": 540}}].'
    ),
    "point_of_file": later("{path}, point {number}"),
    "place_figures_wrong": later(
        "--place {where} ({name}): x and y are pixels, error_px is above 0, source is {hand} or "
        "{sticker}. Mend that entry."
    ),
    # stickers
    "colour_unknown": later("--stickers {text!r} is no colour. {hint}Give {names}, or the colour itself as #rrggbb."),
    "did_you_mean_colour": later("Did you mean {near}? "),
    "sample_outside": later("the point {x:g},{y:g} lies outside the picture. Click on one of the stickers."),
    "colour_grey": later(
        "the colour {words} is nearly grey, so stickers of it cannot be told apart. Use a strong colour, "
        "or white or black."
    ),
    # the run
    "show_whole_body": later("Show the whole body from head to feet. See: posturecam guide"),
    "nothing_measured": later("nothing can be measured in {name}: {reasons}. {advice}"),
    "nobody_stands_in_film": later(
        "nobody stands whole and still in {name}. Show the whole body, head to feet. See: posturecam guide"
    ),
    "took_too_long": later("reading or measuring it took longer than {limit_s:g} s"),
    "took_too_much": later("it took more memory than a photo may have ({most:.1f} GB)"),
    "timeout_makes_no_sense": later("--timeout {asked_s:g} makes no sense. Give the seconds that one photo may take."),
    "photo_overdue": later(
        "posturecam: {name}: {reason}. Open it and save it anew with another program, or give it more "
        "time: --timeout SECONDS"
    ),
    "interrupted": later("posturecam: interrupted"),
    # a folder's run
    "changed_meanwhile": later("{path} was changed while it was read. Run the same command again."),
    # made of others
    "bundle_refused": figures_alone("{found}{remedy}"),
    "model_unreadable": figures_alone("{path}: {strerror}; {reinstall}"),
}
